using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KernelForge.Cli.Terminal;

/// <summary>
/// Results for people. On a terminal, colours and its width; without one, plain lines that are never wrapped and never
/// end in blanks, so that other programs can read them.
/// </summary>
internal sealed class Screen
{
    /// <summary>A width at which nothing is wrapped.</summary>
    public const int Unbounded = 10_000;

    private readonly TextWriter _out;
    private readonly bool _colours;
    private readonly StringBuilder _buffer = new();
    private readonly IAnsiConsole _console;

    /// <summary>Writes to <paramref name="writer"/>.</summary>
    public Screen(TextWriter writer, bool colours, int width)
    {
        _out = writer;
        _colours = colours;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(new StringWriter(_buffer)),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        _console.Profile.Width = width;
        _console.Profile.Capabilities.Unicode = true;
    }

    /// <summary>Writes an empty line.</summary>
    public void Line() => _out.WriteLine();

    /// <summary>Writes a line of Spectre markup.</summary>
    public void Line(string markup)
    {
        _console.MarkupLine(markup);
        Flush();
    }

    /// <summary>Writes text as it is, indented.</summary>
    public void Text(string text, int indent = 0)
    {
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            _out.WriteLine((new string(' ', indent) + line).TrimEnd());
        }
    }

    /// <summary>Writes a heading.</summary>
    public void Heading(string text)
    {
        Line();
        Line($"[bold]{Markup.Escape(text)}[/]");
    }

    /// <summary>Writes a table without lines; a column whose head begins with <c>&gt;</c> is aligned to the right.</summary>
    public void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string?>> rows, int indent = 2)
    {
        var table = new Table().Border(TableBorder.None);
        table.ShowHeaders = heads.Any(head => head.Trim('>').Length > 0);
        foreach (var head in heads)
        {
            var right = head.StartsWith('>');
            var column = new TableColumn($"[dim]{Markup.Escape(head.TrimStart('>'))}[/]")
            {
                Alignment = right ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, 2, 0),
            };
            table.AddColumn(column);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => (IRenderable)new Markup(cell ?? "")));
        }

        _console.Write(new Padder(table, new Padding(indent, 0, 0, 0)));
        Flush();
    }

    private void Flush()
    {
        var text = _buffer.ToString();
        _buffer.Clear();
        if (_colours)
        {
            _out.Write(text);
            return;
        }

        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var trimmed = new StringBuilder(text.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            trimmed.Append(lines[i].TrimEnd());
            if (i < lines.Length - 1)
            {
                trimmed.Append('\n');
            }
        }

        _out.Write(trimmed);
    }
}
