namespace KernelForge.Contracts.Service;

/// <summary><c>POST /api/v1/datasets</c>: an export of attempts as training data.</summary>
public sealed record DatasetOrder
{
    /// <summary>Which attempts: <c>concur</c>, <c>within-epsilon</c>, <c>all-correct</c>, <c>preference</c>, <c>repair</c> or <c>judge</c>.</summary>
    public string Recipe { get; init => field = string.IsNullOrEmpty(value) ? "all-correct" : value; } = "all-correct";

    /// <summary>The recipe's parameters by name; those left out have the recipe's own values.</summary>
    public IReadOnlyDictionary<string, double> RecipeParameters { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>
    /// <c>canonical</c> (every attempt, failures included, with all its provenance), or what the recipe selects: <c>sft</c>, <c>completion</c>,
    /// <c>dpo</c>, <c>kto</c>, <c>sharegpt</c>, <c>verl</c>, <c>alpaca</c> (docs/dataset-formats.md).
    /// </summary>
    public string Format { get; init => field = string.IsNullOrEmpty(value) ? "sft" : value; } = "sft";

    /// <summary>Attempts on tasks that are, or are nearly, tasks of the benchmark (KernelBench) are kept; else they are dropped as <c>contaminated</c>.</summary>
    public bool KeepBenchmark { get; init; }

    /// <summary>Attempts that no live model made and that are wanted all the same: <c>replay</c>, <c>simulated</c>.</summary>
    public IReadOnlyList<string> Include { get; init => field = value ?? []; } = [];

    /// <summary>Data files are compressed.</summary>
    public bool Gzip { get; init; }

    /// <summary>Of the splits: the same seed puts a task into the same split in every export.</summary>
    public long Seed { get; init; }

    /// <summary>Share of the tasks that go to <c>validation</c>, from 0 to below 1; null: 0.1.</summary>
    public double? ValidationShare { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>: an export holds one kind of figures.</summary>
    public string Kind { get; init => field = string.IsNullOrEmpty(value) ? "modelled" : value; } = "modelled";
}

/// <summary><c>GET /api/v1/datasets/{id}</c>: an export as the service holds it.</summary>
public sealed record DatasetStatus
{
    public required Guid Id { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What was ordered.</summary>
    public required DatasetOrder Order { get; init; }

    /// <summary>Where its files lie on the service's machine, once it has succeeded.</summary>
    public required string Folder { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Failure { get; init; }

    /// <summary><c>manifest.json</c>; null before it has succeeded.</summary>
    public DatasetManifest? Manifest { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary><c>manifest.json</c> of a dataset folder.</summary>
public sealed record DatasetManifest
{
    /// <summary>Version of this document's form.</summary>
    public int FormatVersion { get; init; } = 1;

    public required string Recipe { get; init; }

    /// <summary>Version of the recipe's rule.</summary>
    public required int RecipeVersion { get; init; }

    public required string Format { get; init; }

    /// <summary>What was ordered, with nothing left to a default.</summary>
    public required DatasetOrder Parameters { get; init; }

    /// <summary>The state of the database that was exported.</summary>
    public required DatasetSnapshot Snapshot { get; init; }

    public required DatasetCounts Counts { get; init; }

    /// <summary><c>funnel.json</c>.</summary>
    public required DatasetFunnel Funnel { get; init; }

    /// <summary>Every other file of the folder, in order of name.</summary>
    public required IReadOnlyList<DatasetFile> Files { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string Kernelforge { get; init; }
}

/// <summary>The one state of the database that every row of an export comes from.</summary>
public sealed record DatasetSnapshot
{
    /// <summary>In UTC.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>PostgreSQL's snapshot: <c>xmin:xmax:open transactions</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Attempts in the database, of every kind.</summary>
    public required long Attempts { get; init; }

    /// <summary>Verdicts in the database.</summary>
    public required long Evaluations { get; init; }

    /// <summary>Verdicts that stand on boards.</summary>
    public required long Rankable { get; init; }
}

/// <summary>What an export holds.</summary>
public sealed record DatasetCounts
{
    public required long Rows { get; init; }

    public required int Tasks { get; init; }

    /// <summary>Rows by split: <c>train</c>, <c>validation</c>.</summary>
    public required IReadOnlyDictionary<string, long> Splits { get; init; }

    /// <summary>Rows by who answered: <c>live</c>, <c>replay</c>, <c>simulated</c>.</summary>
    public required IReadOnlyDictionary<string, long> AttemptKinds { get; init; }

    /// <summary>Rows by the Coder's model.</summary>
    public required IReadOnlyDictionary<string, long> Models { get; init; }

    /// <summary>Rows by platform and device: <c>sim H200</c>.</summary>
    public required IReadOnlyDictionary<string, long> Devices { get; init; }

    /// <summary>Rows by the task's category; <c>none</c> for tasks outside the suite.</summary>
    public required IReadOnlyDictionary<string, long> Categories { get; init; }
}

/// <summary>A file of a dataset folder.</summary>
public sealed record DatasetFile
{
    /// <summary>In the folder: <c>data/train-00000-of-00001.jsonl</c>.</summary>
    public required string Name { get; init; }

    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Rows of a data file; null for others.</summary>
    public long? Rows { get; init; }
}

/// <summary><c>funnel.json</c>: how many attempts came how far. Every stage is a part of the one before it.</summary>
public sealed record DatasetFunnel
{
    /// <summary>Attempts of this export's kind by models that it includes.</summary>
    public required long Generated { get; init; }

    /// <summary>Of those, with code that compiled and a plan that fits it.</summary>
    public required long Compiled { get; init; }

    /// <summary>Of those, with status <c>passed</c>.</summary>
    public required long Correct { get; init; }

    /// <summary>Of those, fit for training: on a board, with whole reasoning, and so on (<see cref="Dropped"/> says what not).</summary>
    public required long Admitted { get; init; }

    /// <summary>Of those, the best of each cluster of equal or nearly equal code.</summary>
    public required long Deduplicated { get; init; }

    /// <summary>Of those, by the recipe.</summary>
    public required long Selected { get; init; }

    /// <summary>Attempts that were selected, by why: <c>a_shortest_and_fastest</c>, …; they add up to <see cref="Selected"/>.</summary>
    public IReadOnlyDictionary<string, long> Kept { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>Attempts that were not selected, by why: <c>not_compiled</c>, <c>not_correct</c>, <c>not_verified</c>, <c>duplicate</c>, …</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Attempts in the database that this export does not look at, by why: <c>replay</c>, <c>simulated</c>, <c>measured</c>, <c>modelled</c>.</summary>
    public required IReadOnlyDictionary<string, long> Outside { get; init; }
}

/// <summary>What <c>dataset verify</c> found.</summary>
public sealed record DatasetVerification
{
    public required string Folder { get; init; }

    /// <summary>Files and rows are what the manifest says and what was measured.</summary>
    public required bool Intact { get; init; }

    public required int Files { get; init; }

    public required long Rows { get; init; }

    /// <summary>What is wrong; at most 1000 are listed.</summary>
    public required IReadOnlyList<DatasetProblem> Problems { get; init; }
}

/// <summary>One thing that is wrong with a dataset folder.</summary>
public sealed record DatasetProblem
{
    /// <summary>The file in the folder.</summary>
    public required string File { get; init; }

    /// <summary>From 1; null where it concerns the whole file.</summary>
    public long? Line { get; init; }

    /// <summary>What was expected, and what was found.</summary>
    public required string Message { get; init; }

    /// <summary><c>FILE:LINE: MESSAGE</c>.</summary>
    public override string ToString() => Line is { } line ? $"{File}:{line}: {Message}" : $"{File}: {Message}";
}
