using KernelForge.Agents.Attempts;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Keeps every whole answer in a run's journal before anyone uses it, and answers from there what an earlier process of the same
/// run has asked already: a paid answer outlives a crash, and a live run can be replayed later.
/// </summary>
/// <param name="inner">Who is asked.</param>
/// <param name="journal">The run's journal; what it holds already is answered from it.</param>
/// <param name="recordedFrom">The model's name. Answers of another model in the journal are left alone.</param>
public sealed class RecordingChatClient(IChatClient inner, IRunJournal journal, string recordedFrom) : DelegatingChatClient(inner)
{
    private readonly SemaphoreSlim _alone = new(1);
    private List<TranscriptLine>? _earlier;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var purpose = CallPurpose.Of(options);
        if (purpose is not null && await TakeEarlierAsync(purpose, cancellationToken) is { } earlier)
        {
            return TranscriptEntry.ToResponse(earlier.Entry, earlier.Text, recordedFrom);
        }

        var response = await base.GetResponseAsync(messages, options, cancellationToken);
        if (purpose is not null)
        {
            await journal.AppendCallAsync(TranscriptEntry.Of(purpose, response, recordedFrom));
        }

        return response;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _alone.Dispose();
        }
    }

    private async Task<TranscriptLine?> TakeEarlierAsync(CallPurpose purpose, CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            _earlier ??= [.. (await journal.ReadCallsAsync(cancellationToken)).Where(line => line.Entry.RecordedFrom == recordedFrom)];
            var index = _earlier.FindIndex(line => new CallPurpose(line.Entry.Task, line.Entry.Role, line.Entry.Round, line.Entry.Mode) == purpose);
            if (index < 0)
            {
                return null;
            }

            var line = _earlier[index];
            _earlier.RemoveAt(index);
            return line;
        }
        finally
        {
            _alone.Release();
        }
    }
}
