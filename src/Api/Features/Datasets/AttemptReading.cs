using KernelForge.Api.Features.Datasets.Duplicates;
using KernelForge.Api.Features.Datasets.Lexing;
using KernelForge.Contracts.Runs;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Reads records one after the other, the best of a cluster of tasks first, and says what each is: fit or not, a duplicate, how long. Wrong answers come
/// after the right ones of their cluster and are told from each other by a ladder of their own.
/// </summary>
internal sealed class AttemptReading(WorkedExamples examples)
{
    private readonly DuplicateLadder _right = new();
    private readonly DuplicateLadder _wrong = new();

    /// <summary>The next record.</summary>
    public AttemptFinding Read(Guid run, int round, string cluster, bool correct, AttemptRecord record)
    {
        AttemptFinding finding = new()
        {
            Run = run,
            Round = round,
            PromptSha256 = record.Prompt.Sha256,
            Advised = record.Advice?.Mode,
            Tokens = record.Usage.ReasoningTokens,
            Characters = record.Reasoning?.Length ?? 0,
        };
        var refused = correct ? Admission.Refuse(record) : Admission.RefuseAnswer(record);
        if (refused is not null || record.Code is not { } code)
        {
            return finding with { Dropped = correct ? refused : null };
        }

        var tokens = CodeTokens.Of(code);
        var signature = MinHash.Signature(tokens.Hashes, tokens.Own);
        var duplicate = (correct ? _right : _wrong).Place(cluster, run, round, code, tokens, signature);
        return finding with
        {
            Dropped = correct ? duplicate?.Reason : null,
            Usable = !correct && duplicate is null,
            DuplicateOf = duplicate?.Of,
            WorkedExample = examples.Match(signature),
        };
    }
}
