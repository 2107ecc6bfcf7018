using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace KernelForge.Api.Pages;

/// <summary>A piece of a source line: its class of the style sheet (null: none) and its text.</summary>
public readonly record struct SourcePiece(string? Class, string Text);

/// <summary>Colours for CUDA C++ and Python: comments, strings, numbers, keywords, built-in names. Nothing is parsed, so nothing can fail.</summary>
public static partial class SourceColours
{
    /// <summary>Longer texts are shown without colours.</summary>
    private const int MostCharacters = 200_000;

    private static readonly FrozenSet<string> CudaWords = Words(
        "alignas auto bool break case char const constexpr continue default do double else enum extern false float for goto if inline int long namespace nullptr operator "
        + "register return short signed sizeof static static_cast reinterpret_cast struct switch template true typedef typename union unsigned using void volatile while "
        + "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t half2 float2 float4 int2 int4 dim3 asm __half __half2 __nv_bfloat16");

    private static readonly FrozenSet<string> CudaNames = Words(
        "__global__ __device__ __host__ __shared__ __constant__ __restrict__ __launch_bounds__ __forceinline__ __syncthreads __syncwarp __shfl_sync __shfl_down_sync __shfl_up_sync "
        + "__shfl_xor_sync __ldg __align__ __grid_constant__ __cluster_dims__ threadIdx blockIdx blockDim gridDim warpSize atomicAdd atomicMax atomicMin atomicCAS fmaf expf sqrtf rsqrtf __expf");

    private static readonly FrozenSet<string> PythonWords = Words(
        "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield self");

    private static readonly FrozenSet<string> PythonNames = Words("torch nn F super range len print int float tuple list dict");

    /// <summary>Lines of a CUDA C++ text.</summary>
    public static IReadOnlyList<IReadOnlyList<SourcePiece>> Cuda(string text) => Lines(text, CudaToken(), CudaWords, CudaNames);

    /// <summary>Lines of a Python text.</summary>
    public static IReadOnlyList<IReadOnlyList<SourcePiece>> Python(string text) => Lines(text, PythonToken(), PythonWords, PythonNames);

    private static List<IReadOnlyList<SourcePiece>> Lines(string text, Regex token, FrozenSet<string> words, FrozenSet<string> names)
    {
        var clean = string.Join('\n', LineDiff.Split(text));
        if (clean.Length > MostCharacters)
        {
            return [.. clean.Split('\n').Select(line => (IReadOnlyList<SourcePiece>)[new SourcePiece(null, line)])];
        }

        List<IReadOnlyList<SourcePiece>> lines = [];
        List<SourcePiece> line = [];
        var at = 0;
        foreach (var match in token.EnumerateMatches(clean))
        {
            Add(null, clean[at..match.Index]);
            var piece = clean.Substring(match.Index, match.Length);
            Add(ClassOf(piece, words, names), piece);
            at = match.Index + match.Length;
        }

        Add(null, clean[at..]);
        lines.Add(line);
        return lines;

        void Add(string? name, string piece)
        {
            var parts = piece.Split('\n');
            for (var part = 0; part < parts.Length; part++)
            {
                if (part > 0)
                {
                    lines.Add(line);
                    line = [];
                }

                if (parts[part].Length == 0)
                {
                    continue;
                }

                // Neighbours of one class are one piece: plain text stays whole.
                if (line.Count > 0 && line[^1].Class == name)
                {
                    line[^1] = new SourcePiece(name, line[^1].Text + parts[part]);
                }
                else
                {
                    line.Add(new SourcePiece(name, parts[part]));
                }
            }
        }
    }

    private static string? ClassOf(string piece, FrozenSet<string> words, FrozenSet<string> names) => piece[0] switch
    {
        '/' => "c",
        '#' => words == PythonWords ? "c" : "p",
        '"' or '\'' => "s",
        >= '0' and <= '9' => "n",
        _ => words.Contains(piece) ? "k" : names.Contains(piece) ? "b" : null,
    };

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("""//[^\n]*|/\*[\s\S]*?(\*/|\z)|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*'|\#[ \t]*\w+|[0-9][\w.]*|[A-Za-z_]\w*""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex CudaToken();

    [GeneratedRegex("\"\"\"[\\s\\S]*?(\"\"\"|\\z)|'''[\\s\\S]*?('''|\\z)|\\#[^\\n]*|\"(\\\\.|[^\"\\\\\\n])*\"|'(\\\\.|[^'\\\\\\n])*'|[0-9][\\w.]*|[A-Za-z_]\\w*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PythonToken();
}
