using KernelForge.Agents.Chat;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Attempts;

/// <summary>
/// What a run keeps, so that another process goes on where one ended: finished attempts, and answers that were paid for. Files
/// for a run of the command line (<see cref="RunFolder"/>), rows for the service.
/// </summary>
public interface IRunJournal
{
    /// <summary>Where it is kept, for messages.</summary>
    string Name { get; }

    /// <summary>The run, the same wherever it goes on: the seed of whatever is drawn by chance.</summary>
    string RunId { get; }

    /// <summary>Finished attempts in order.</summary>
    /// <exception cref="InvalidDataException">What is kept is no attempt; the message names it.</exception>
    Task<IReadOnlyList<AttemptRecord>> ReadAttemptsAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a finished attempt durably. Not cancellable: a finished round is written.</summary>
    Task AppendAttemptAsync(AttemptRecord attempt);

    /// <summary>Answers of models in order.</summary>
    Task<IReadOnlyList<TranscriptLine>> ReadCallsAsync(CancellationToken cancellationToken);

    /// <summary>Keeps an answer durably, before anyone uses it. Not cancellable: it is paid for.</summary>
    Task AppendCallAsync(TranscriptEntry call);
}
