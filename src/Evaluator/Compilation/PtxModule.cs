using System.Globalization;

namespace KernelForge.Evaluator.Compilation;

/// <summary>A parameter of an entry.</summary>
/// <param name="Bytes">Size.</param>
/// <param name="Alignment">Alignment in the parameter block.</param>
internal sealed record PtxParameter(int Bytes, int Alignment);

/// <summary>A kernel of a module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="MaxThreads">Product of <c>.maxntid</c> or <c>.reqntid</c>; null: neither is there.</param>
internal sealed record PtxEntry(string Name, IReadOnlyList<PtxParameter> Parameters, int? MaxThreads);

/// <summary>A variable of a module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Space"><c>.global</c> or <c>.const</c>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Start">Offset of its declaration in the text.</param>
/// <param name="End">Offset behind its semicolon.</param>
/// <param name="Initialiser">The text between braces; null: none.</param>
internal sealed record PtxVariable(string Name, string Space, long Bytes, int Start, int End, string? Initialiser);

/// <summary>
/// The outline of PTX text (PTX ISA 8.4): entries with their parameters, module variables, <c>.extern</c> declarations,
/// and the bodies of functions. Statements are found by their tokens, not by lines.
/// </summary>
internal sealed class PtxModule
{
    private readonly List<PtxEntry> _entries = [];
    private readonly List<PtxVariable> _variables = [];
    private readonly List<string> _externs = [];
    private readonly List<(int Start, int End)> _bodies = [];

    private PtxModule(string text) => Text = text;

    public string Text { get; }

    public IReadOnlyList<PtxEntry> Entries => _entries;

    public IReadOnlyList<PtxVariable> Variables => _variables;

    /// <summary>Names declared <c>.extern</c>.</summary>
    public IReadOnlyList<string> Externs => _externs;

    /// <summary>The instructions of every function, in order.</summary>
    public IEnumerable<string> Bodies => _bodies.Select(b => Text[b.Start..b.End]);

    public static PtxModule Parse(string text)
    {
        var module = new PtxModule(text);
        var scanner = new PtxScanner(text);
        while (scanner.SkipToStatement())
        {
            int start = scanner.Position;
            List<string> head = scanner.ReadHead(out char end);
            if (end == '{' && IsFunction(head))
            {
                int bodyStart = scanner.Position;
                scanner.SkipBlock();
                module._bodies.Add((bodyStart, scanner.Position));
                module.AddFunction(head);
            }
            else
            {
                string? initialiser = null;
                if (end == '{')
                {
                    int valuesStart = scanner.Position;
                    scanner.SkipBlock();
                    initialiser = text[valuesStart..(scanner.Position - 1)];
                    scanner.SkipSemicolon();
                }

                module.AddDeclaration(head, start, scanner.Position, initialiser);
            }
        }

        return module;
    }

    /// <summary>The bytes of an initialised variable of <c>.b8</c>; what the initialiser leaves out is zero.</summary>
    public byte[]? Bytes(string name)
    {
        PtxVariable? variable = _variables.Find(v => v.Name == name);
        if (variable is null)
        {
            return null;
        }

        byte[] bytes = new byte[variable.Bytes];
        string[] values = variable.Initialiser?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        for (int i = 0; i < values.Length; i++)
        {
            bytes[i] = byte.Parse(values[i], CultureInfo.InvariantCulture);
        }

        return bytes;
    }

    /// <summary>The text without some variables and the comments that announce them.</summary>
    public string Without(IReadOnlyCollection<string> names)
    {
        string text = Text;
        foreach (PtxVariable variable in _variables.Where(v => names.Contains(v.Name)).OrderByDescending(v => v.Start))
        {
            int end = variable.End < text.Length && text[variable.End] == '\n' ? variable.End + 1 : variable.End;
            text = text.Remove(variable.Start, end - variable.Start);
        }

        foreach (string name in names)
        {
            text = text.Replace($"\t// .globl\t{name}\n", "", StringComparison.Ordinal);
        }

        return text;
    }

    private static bool IsFunction(List<string> head) => head.Contains(".entry") || head.Contains(".func");

    private void AddFunction(List<string> head)
    {
        int entry = head.IndexOf(".entry");
        if (entry < 0)
        {
            return;
        }

        int close = Close(head, entry + 2);
        int? maxThreads = null;
        for (int i = close; i < head.Count; i++)
        {
            if (head[i] is ".maxntid" or ".reqntid")
            {
                int product = 1;
                for (int j = i + 1; j < head.Count && (head[j] == "," || int.TryParse(head[j], NumberStyles.None, CultureInfo.InvariantCulture, out _)); j++)
                {
                    product *= head[j] == "," ? 1 : int.Parse(head[j], CultureInfo.InvariantCulture);
                }

                maxThreads = product;
            }
        }

        _entries.Add(new PtxEntry(head[entry + 1], Parameters(head, entry + 2, close), maxThreads));
    }

    private static int Close(List<string> head, int open)
    {
        int close = open < head.Count && head[open] == "(" ? head.IndexOf(")", open) : -1;
        return close < 0 ? head.Count : close;
    }

    private static List<PtxParameter> Parameters(List<string> head, int open, int close)
    {
        var parameters = new List<PtxParameter>();
        int at = open + 1;
        while (at < close && head[open] == "(")
        {
            int end = head.IndexOf(",", at);
            end = end < 0 || end > close ? close : end;
            parameters.Add(Parameter(head.GetRange(at, end - at)));
            at = end + 1;
        }

        return parameters;
    }

    private static PtxParameter Parameter(List<string> tokens)
    {
        int alignment = 0;
        int size = 0;
        long count = 1;
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] == ".ptr")
            {
                // `.ptr .global .align 4` speaks of what is pointed to, not of the parameter.
                return new PtxParameter(8, 8);
            }

            if (tokens[i] == ".align")
            {
                alignment = int.Parse(tokens[i + 1], CultureInfo.InvariantCulture);
            }
            else if (SizeOf(tokens[i]) is { } bytes)
            {
                size = bytes;
            }
            else if (tokens[i] == "[" && i + 1 < tokens.Count)
            {
                count *= long.Parse(tokens[i + 1], CultureInfo.InvariantCulture);
            }
        }

        return new PtxParameter((int)(size * count), Math.Max(alignment, size));
    }

    private void AddDeclaration(List<string> head, int start, int end, string? initialiser)
    {
        bool isFunction = IsFunction(head);
        int space = head.FindIndex(t => t is ".global" or ".const");
        string? name = isFunction ? FunctionName(head) : VariableName(head, space);
        if (name is null)
        {
            return;
        }

        if (head.Contains(".extern"))
        {
            _externs.Add(name);
            return;
        }

        if (!isFunction && space >= 0)
        {
            _variables.Add(new PtxVariable(name, head[space], VariableBytes(head, head.IndexOf(name)), start, end, initialiser));
        }
    }

    private static string? FunctionName(List<string> head)
    {
        int at = head.FindIndex(t => t is ".func" or ".entry") + 1;
        if (at < head.Count && head[at] == "(")
        {
            at = Close(head, at) + 1;
        }

        return at < head.Count ? head[at] : null;
    }

    private static string? VariableName(List<string> head, int space)
        => space < 0 ? head.Contains(".extern") ? head.FindLast(IsName) : null : head.Skip(space + 1).FirstOrDefault(IsName);

    private static bool IsName(string token) => char.IsLetter(token[0]) || token[0] is '_' or '$' or '%';

    private static long VariableBytes(List<string> head, int name)
    {
        long bytes = head.Take(name).Select(SizeOf).FirstOrDefault(s => s is not null) ?? 1;
        if (head.Contains(".v2") || head.Contains(".v4"))
        {
            bytes *= head.Contains(".v2") ? 2 : 4;
        }

        for (int i = name + 1; i + 1 < head.Count && head[i] == "["; i += 3)
        {
            bytes *= long.TryParse(head[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0;
        }

        return bytes;
    }

    private static int? SizeOf(string type) => type switch
    {
        ".b8" or ".u8" or ".s8" => 1,
        ".b16" or ".u16" or ".s16" or ".f16" or ".bf16" => 2,
        ".b32" or ".u32" or ".s32" or ".f32" or ".f16x2" => 4,
        ".b64" or ".u64" or ".s64" or ".f64" => 8,
        ".b128" => 16,
        _ => null,
    };
}
