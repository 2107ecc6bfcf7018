using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Answers from a recorded transcript, in its order for each task and role, and only where what is asked is what was
/// recorded. One client serves one run: it remembers how far the run has come.
/// </summary>
public sealed class ReplayChatClient(Transcript transcript) : IChatClient
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Task, string Role), int> _next = [];

    /// <inheritdoc/>
    /// <exception cref="TranscriptException">Nothing, or something else, was recorded.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var purpose = CallPurpose.Of(options)
            ?? throw new TranscriptException($"transcript '{transcript.Name}': the call does not say which task and role it is for");
        var line = Take(purpose);
        return Task.FromResult(TranscriptEntry.ToResponse(line.Entry, line.Text, $"replay:{transcript.Name}"));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType?.IsInstanceOfType(this) == true ? this
        : serviceKey is null && serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("replay", null, transcript.Name)
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private TranscriptLine Take(CallPurpose purpose)
    {
        var recorded = transcript.Lines.Where(line => line.Entry.Task == purpose.Task && line.Entry.Role == purpose.Role).ToList();
        if (recorded.Count == 0)
        {
            var known = string.Join(", ", transcript.Lines.Select(line => $"{line.Entry.Task} ({line.Entry.Role})").Distinct().Order(StringComparer.Ordinal));
            throw new TranscriptException($"transcript '{transcript.Name}' has no {purpose.Role} for task {purpose.Task}; it has: {(known.Length == 0 ? "nothing" : known)}");
        }

        lock (_lock)
        {
            if (!_next.TryGetValue((purpose.Task, purpose.Role), out var index))
            {
                // A run that resumes begins in the middle.
                while (index < recorded.Count && recorded[index].Entry.Round < purpose.Round)
                {
                    index++;
                }
            }

            if (index == recorded.Count)
            {
                throw new TranscriptException(
                    $"transcript '{transcript.Name}' has ended: round {purpose.Round} asks the {purpose.Role} for a {purpose.Mode} answer of task {purpose.Task}, and {recorded.Count} "
                    + $"{(recorded.Count == 1 ? "call was" : "calls were")} recorded. Ask for fewer rounds, or for a model.",
                    ended: true);
            }

            var line = recorded[index];
            if (line.Entry.Round != purpose.Round || line.Entry.Mode != purpose.Mode)
            {
                throw new TranscriptException(
                    $"{transcript.Name}.jsonl:{line.Number}: the run asks the {purpose.Role} of task {purpose.Task} for round {purpose.Round}, {purpose.Mode}; "
                    + $"recorded is round {line.Entry.Round}, {line.Entry.Mode}. The run went another way than the recording: another Judge, platform, device or version of the evaluator?");
            }

            _next[(purpose.Task, purpose.Role)] = index + 1;
            return line;
        }
    }
}
