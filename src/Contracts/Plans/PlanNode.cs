using System.Text;
using System.Text.Json;

namespace KernelForge.Contracts.Plans;

/// <summary>A JSON value with its place in the plan and its position in the solution file.</summary>
internal sealed class PlanNode
{
    private const int MaxDepth = 32;

    public required JsonTokenType Kind { get; init; }

    public required string Place { get; init; }

    public required int Line { get; init; }

    public required int Column { get; init; }

    /// <summary>A string's value; a number, true, false or null as written.</summary>
    public string Text { get; init; } = "";

    public List<PlanNode> Items { get; } = [];

    /// <summary>Members in the order written; the key is the node of the name.</summary>
    public List<(PlanNode Name, PlanNode Value)> Members { get; } = [];

    public string Describe() => Kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => Items.Count == 0 ? "an empty array" : "an array",
        JsonTokenType.String => $"the string \"{Shorten(Text)}\"",
        JsonTokenType.Number => $"the number {Shorten(Text)}",
        _ => Text,
    };

    public PlanException Error(string problem) => new(Place, problem, Line, Column);

    public PlanExpression ToExpression() => new(Text, Place, Line, Kind == JsonTokenType.String ? Column + 1 : Column)
    {
        IsLiteral = Kind != JsonTokenType.String,
    };

    /// <summary>Reads a plan's JSON strictly: no comments, no trailing commas, no duplicate members.</summary>
    public static PlanNode Parse(SolutionFile file)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(file.PlanJson);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        var source = new Source(file, utf8);
        try
        {
            reader.Read();
            PlanNode root = ReadValue(ref reader, source, "");
            if (reader.Read())
            {
                throw source.Error(reader.TokenStartIndex, "", "something follows the plan's closing brace; a plan is one JSON object");
            }

            return root;
        }
        catch (JsonException failure)
        {
            throw source.Syntax(failure);
        }
    }

    private static PlanNode ReadValue(ref Utf8JsonReader reader, Source source, string place)
    {
        (int line, int column) = source.Position(reader.TokenStartIndex);
        string text = reader.TokenType switch
        {
            JsonTokenType.String => ReadText(ref reader, source, place),
            JsonTokenType.StartObject or JsonTokenType.StartArray => "",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
        var node = new PlanNode { Kind = reader.TokenType, Place = place, Line = line, Column = column, Text = text };
        if (node.Kind == JsonTokenType.StartObject)
        {
            ReadMembers(ref reader, source, node);
        }
        else if (node.Kind == JsonTokenType.StartArray)
        {
            for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                node.Items.Add(ReadValue(ref reader, source, $"{place}[{i}]"));
            }
        }

        return node;
    }

    private static string ReadText(ref Utf8JsonReader reader, Source source, string place)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw source.Error(reader.TokenStartIndex, place, "a string holds half of a surrogate pair (\\uD800 to \\uDFFF); write the character itself");
        }
    }

    private static void ReadMembers(ref Utf8JsonReader reader, Source source, PlanNode node)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = ReadText(ref reader, source, node.Place);
            (int line, int column) = source.Position(reader.TokenStartIndex);
            string place = Member(node.Place, name);
            if (node.Members.Exists(m => m.Name.Text == name))
            {
                throw new PlanException(place, $"'{Shorten(name)}' is given twice; keep one", line, column);
            }

            var key = new PlanNode { Kind = JsonTokenType.String, Place = place, Line = line, Column = column, Text = name };
            reader.Read();
            node.Members.Add((key, ReadValue(ref reader, source, place)));
        }
    }

    private static string Member(string place, string name)
    {
        string shown = Shorten(name);
        return place.Length == 0 ? shown : $"{place}.{shown}";
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "…");

    /// <summary>Offsets in the plan's UTF-8 as positions in the solution file.</summary>
    private sealed class Source(SolutionFile file, byte[] utf8)
    {
        private readonly (int Line, int Column) _start = LineMap.At(file.Text, file.PlanOffset);
        private long _lastOffset;
        private (int Line, int Column) _last = LineMap.At(file.Text, file.PlanOffset);

        public (int Line, int Column) Position(long offset)
        {
            if (offset < _lastOffset)
            {
                (_lastOffset, _last) = (0, _start);
            }

            foreach (char c in Encoding.UTF8.GetString(utf8.AsSpan((int)_lastOffset, (int)(offset - _lastOffset))))
            {
                _last = c == '\n' ? (_last.Line + 1, 1) : (_last.Line, _last.Column + 1);
            }

            _lastOffset = offset;
            return _last;
        }

        public PlanException Error(long offset, string place, string problem)
        {
            (int line, int column) = Position(offset);
            return new PlanException(place, problem, line, column);
        }

        public PlanException Syntax(JsonException failure)
        {
            long offset = Math.Min(OffsetOf(failure), utf8.Length);
            string text = failure.Message;
            int cut = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string reason = (cut < 0 ? text : text[..cut]).TrimEnd('.', ' ');
            string hint = offset >= utf8.Length - 1
                ? " (a '*/' inside a string would end the plan early)"
                : "";
            return Error(offset, "", $"the launch plan is not JSON: {reason}{hint}; no comments, no trailing commas, names in double quotes");
        }

        private long OffsetOf(JsonException failure)
        {
            long line = failure.LineNumber ?? 0;
            int start = 0;
            for (; line > 0; line--)
            {
                int next = Array.IndexOf(utf8, (byte)'\n', start);
                if (next < 0)
                {
                    break;
                }

                start = next + 1;
            }

            return start + (failure.BytePositionInLine ?? 0);
        }
    }
}
