using KernelForge.Api.Rest;

namespace KernelForge.Api.Features.Leaderboard;

/// <summary>Which board is asked for. A board holds one platform, one kind, one baseline version of the evaluation; other members narrow it.</summary>
internal sealed record BoardQuery
{
    private static readonly string[] Marks = ["replay", "simulated"];

    public string Platform { get; init; } = "sim";

    public string? Device { get; init; }

    public string? Baseline { get; init; }

    public string? Category { get; init; }

    /// <summary>A task's name.</summary>
    public string? Task { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>: never both (design §2).</summary>
    public required string Kind { get; init; }

    public string? Precision { get; init; }

    /// <summary>Rows of models that were recorded or simulated: <c>replay</c>, <c>simulated</c>.</summary>
    public IReadOnlyList<string> Include { get; init; } = Marks;

    /// <summary>The query of a request's parameters; null or empty: not asked for.</summary>
    /// <exception cref="RefusedException">A value is not allowed.</exception>
    public static BoardQuery Of(string? platform, string? device, string? baseline, string? category, string? task, string? kind, string? precision, string? include)
    {
        var where = Filled("platform", platform) ?? "sim";
        var what = Filled("kind", kind) ?? (where == "sim" ? "modelled" : "measured");
        if (what is not ("modelled" or "measured"))
        {
            throw RefusedException.Bad("kind", $"expected modelled or measured, found '{kind}'");
        }

        var marks = include is null ? Marks : include.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (marks.FirstOrDefault(mark => !Marks.Contains(mark, StringComparer.Ordinal)) is { } unknown)
        {
            throw RefusedException.Bad("include", $"expected {string.Join(" or ", Marks)}, or nothing for neither, found '{unknown}'");
        }

        return new BoardQuery
        {
            Platform = where,
            Device = Filled("device", device),
            Baseline = Filled("baseline", baseline),
            Category = Filled("category", category),
            Task = Filled("task", task),
            Kind = what,
            Precision = Filled("precision", precision),
            Include = marks,
        };
    }

    /// <summary>What is shown, by parameter.</summary>
    public IReadOnlyDictionary<string, string> Filters
    {
        get
        {
            Dictionary<string, string> filters = new(StringComparer.Ordinal) { ["platform"] = Platform, ["kind"] = Kind };
            foreach (var (name, value) in new (string, string?)[] { ("device", Device), ("baseline", Baseline), ("category", Category), ("task", Task), ("precision", Precision) })
            {
                if (value is not null)
                {
                    filters[name] = value;
                }
            }

            filters["include"] = string.Join(',', Include);
            return filters;
        }
    }

    private static string? Filled(string field, string? text) => string.IsNullOrEmpty(text) ? null : Texts.Name(field, text);
}
