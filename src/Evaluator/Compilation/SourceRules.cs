using System.Text.RegularExpressions;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// What a solution must not contain (design §5, §7): host code, includes that leave the headers, anything that moves line
/// numbers. A finding here is the verdict <c>rejected</c>. The sandbox holds without these rules; they make the reason clear.
/// </summary>
public static partial class SourceRules
{
    private const int MaxFindings = 20;

    private static readonly string[] HostFolders =
        ["torch/", "ATen/", "c10/", "pybind11/", "THC/", "thrust/host_vector", "sys/", "unistd", "Python"];

    private static readonly HashSet<string> HostHeaders =
    [
        "Python.h", "iostream", "istream", "ostream", "fstream", "sstream", "iomanip", "cstdlib", "stdlib.h", "vector", "string",
        "map", "unordered_map", "set", "unordered_set", "list", "deque", "queue", "memory", "thread", "mutex", "chrono", "random", "functional",
        "filesystem", "regex", "exception", "stdexcept", "ctime", "time.h", "cstring", "string.h", "unistd.h", "pthread.h", "dlfcn.h", "signal.h",
    ];

    private static readonly HashSet<string> HostNames =
    [
        "PYBIND11_MODULE", "TORCH_LIBRARY", "TORCH_LIBRARY_IMPL", "TORCH_CHECK", "TORCH_EXTENSION_NAME", "AT_DISPATCH_FLOATING_TYPES",
        "getCurrentCUDAStream", "load_inline", "dlopen", "dlsym",
    ];

    /// <summary>Everything that breaks a rule, at most 20; empty where nothing does.</summary>
    public static IReadOnlyList<Finding> Check(string source)
    {
        IReadOnlyList<SourceToken> tokens = SourceTokens.Split(source);
        var findings = new List<Finding>();
        CheckTrigraphs(source, findings);
        bool hasAssembly = tokens.Any(t => t.Kind == SourceTokenKind.Word && t.Text is "asm" or "__asm__" or "__asm");
        int depth = 0;
        for (int i = 0; i < tokens.Count && findings.Count < MaxFindings; i++)
        {
            SourceToken token = tokens[i];
            depth += token.Is("{") ? 1 : token.Is("}") ? -1 : 0;
            CheckDirective(tokens, i, findings);
            CheckHost(tokens, i, depth, findings);
            if (hasAssembly && token.Kind == SourceTokenKind.Text)
            {
                CheckAssembly(tokens, i, findings);
            }
        }

        return findings;
    }

    private static void CheckTrigraphs(string source, List<Finding> findings)
    {
        foreach (string trigraph in (string[])["??=", "??/"])
        {
            int at = source.IndexOf(trigraph, StringComparison.Ordinal);
            if (at >= 0)
            {
                int line = source.AsSpan(0, at).Count('\n') + 1;
                findings.Add(Broken("trigraph", line, $"the trigraph {trigraph}; write the character itself"));
            }
        }
    }

    private static void CheckDirective(IReadOnlyList<SourceToken> tokens, int at, List<Finding> findings)
    {
        SourceToken token = tokens[at];
        if (token.Kind == SourceTokenKind.Header)
        {
            CheckHeader(token, findings);
            return;
        }

        if (!token.Is("#") || !token.StartsLine || at + 1 >= tokens.Count || tokens[at + 1].StartsLine)
        {
            return;
        }

        SourceToken name = tokens[at + 1];
        if (name.Text == "line" || name.Kind == SourceTokenKind.Number)
        {
            findings.Add(Broken("line_directive", token.Line, $"'#{name.Text}' moves line numbers, so that findings would name the wrong place; remove it"));
        }
        else if (name.Text == "embed")
        {
            findings.Add(Broken("forbidden_include", token.Line, "'#embed' reads a file into the code; remove it"));
        }
        else if (name.Text is "include" or "include_next" or "import"
            && (at + 2 >= tokens.Count || tokens[at + 2].Kind != SourceTokenKind.Header))
        {
            findings.Add(Broken("forbidden_include", token.Line, $"'#{name.Text}' must name its header directly, <…> or \"…\", not by a macro"));
        }
    }

    private static void CheckHeader(SourceToken token, List<Finding> findings)
    {
        string path = token.Text.Trim();
        bool leaves = path.StartsWith('/') || path.StartsWith('~') || path.Contains('\\', StringComparison.Ordinal)
            || path.Split('/').Contains("..") || (path.Length > 1 && path[1] == ':');
        if (leaves)
        {
            findings.Add(Broken("forbidden_include", token.Line, $"'{path}' is absolute or leaves the header folders; include CUDA headers by name, as in <cuda_fp16.h>"));
        }
        else if (path is "cub/cub.cuh" || path.StartsWith("cub/device/", StringComparison.Ordinal))
        {
            findings.Add(Broken("host_include", token.Line, $"<{path}> launches kernels from the host; include the block or warp primitive by itself, as in <cub/block/block_reduce.cuh>"));
        }
        else if (HostHeaders.Contains(path) || HostFolders.Any(f => path.StartsWith(f, StringComparison.Ordinal)))
        {
            findings.Add(Broken("host_include", token.Line, $"<{path}> is a host header; a solution is device code only: remove it, and let the launch plan launch the kernels"));
        }
    }

    private static void CheckHost(IReadOnlyList<SourceToken> tokens, int at, int depth, List<Finding> findings)
    {
        SourceToken token = tokens[at];
        if (token.Is("<") && IsLaunch(tokens, at))
        {
            findings.Add(Broken("host_code", token.Line, "a kernel launch <<<…>>>; the launch plan launches kernels: give grid, block and arguments there"));
        }

        if (token.Kind != SourceTokenKind.Word)
        {
            return;
        }

        bool called = at + 1 < tokens.Count && tokens[at + 1].Is("(");
        if (token.Text == "main" && depth == 0 && called && at > 0 && tokens[at - 1].Kind == SourceTokenKind.Word)
        {
            findings.Add(Broken("host_code", token.Line, "a main function; a solution is device code only: remove it"));
        }
        else if (token.Text == "__host__" && !IsAlsoDevice(tokens, at))
        {
            findings.Add(Broken("host_code", token.Line, "a __host__ function; a solution is device code only: remove it, or make it __device__"));
        }
        else if (HostNames.Contains(token.Text) || (called && HostCall().IsMatch(token.Text)))
        {
            findings.Add(Broken("host_code", token.Line, $"'{token.Text}' belongs to host code; a solution is device code only: remove it, and let the launch plan allocate and launch"));
        }
        else if (token.Text is "torch" or "at" or "c10" or "pybind11" && IsScope(tokens, at))
        {
            findings.Add(Broken("host_code", token.Line, $"'{token.Text}::' belongs to host code; a solution is device code only: remove it, and name tensors in the launch plan"));
        }
    }

    private static bool IsLaunch(IReadOnlyList<SourceToken> tokens, int at)
        => at + 2 < tokens.Count && tokens[at + 1].Is("<") && tokens[at + 2].Is("<")
            && tokens[at + 1].Position == tokens[at].Position + 1 && tokens[at + 2].Position == tokens[at].Position + 2;

    private static bool IsScope(IReadOnlyList<SourceToken> tokens, int at)
        => at + 2 < tokens.Count && tokens[at + 1].Is(":") && tokens[at + 2].Is(":")
            && tokens[at + 2].Position == tokens[at + 1].Position + 1
            && (tokens[at].Text != "at" || (at + 3 < tokens.Count && tokens[at + 3].Text is "Tensor" or "cuda" or "ScalarType"));

    /// <summary>Whether <c>__device__</c> or <c>__global__</c> stands in the same declaration.</summary>
    private static bool IsAlsoDevice(IReadOnlyList<SourceToken> tokens, int at)
    {
        for (int i = at - 1; i >= 0 && !EndsDeclaration(tokens[i]); i--)
        {
            if (tokens[i].Text is "__device__" or "__global__")
            {
                return true;
            }
        }

        for (int i = at + 1; i < tokens.Count && !EndsDeclaration(tokens[i]); i++)
        {
            if (tokens[i].Text is "__device__" or "__global__")
            {
                return true;
            }
        }

        // `#define HD __host__` alone cannot be judged here; it is judged where it stands together with __device__.
        return false;
    }

    private static bool EndsDeclaration(SourceToken token) => token.Is(";") || token.Is("{") || token.Is("}") || (token.Is("#") && token.StartsLine);

    private static void CheckAssembly(IReadOnlyList<SourceToken> tokens, int at, List<Finding> findings)
    {
        if (at > 0 && tokens[at - 1].Kind == SourceTokenKind.Text)
        {
            return;
        }

        // Neighbouring literals are one string.
        string text = tokens[at].Text;
        for (int i = at + 1; i < tokens.Count && tokens[i].Kind == SourceTokenKind.Text; i++)
        {
            text += tokens[i].Text;
        }

        if (Directive().Match(text) is { Success: true } match)
        {
            findings.Add(Broken("inline_ptx", tokens[at].Line, $"'{match.Value.Trim()}' in inline PTX; inline PTX holds instructions and registers only: remove it"));
        }
    }

    private static Finding Broken(string kind, int line, string message) => new() { Tool = "rules", Kind = kind, Line = line, Message = message };

    [GeneratedRegex(@"(?<![\w.%])\.(extern|incbin|include|file|loc|section|version|target|pragma\s+.used)\b|(begin|end) inline asm", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Directive();

    [GeneratedRegex("^cuda(Malloc|Free|Memcpy|Memset|Stream|Event|DeviceSynchronize|Launch|FuncSet|SetDevice|GetDevice|Occupancy|Host|Graph|GetLastError|PeekAtLastError)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex HostCall();
}
