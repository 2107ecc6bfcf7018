using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Writes every whole answer to a transcript before anyone uses it, so that a paid answer outlives a crash and a live run can
/// be replayed later.
/// </summary>
public sealed class RecordingChatClient(IChatClient inner, string path, string recordedFrom) : DelegatingChatClient(inner)
{
    private static readonly TranscriptJson Json = new(new JsonSerializerOptions(TranscriptJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var response = await base.GetResponseAsync(messages, options, cancellationToken);
        if (CallPurpose.Of(options) is { } purpose)
        {
            Write(purpose, response);
        }

        return response;
    }

    private void Write(CallPurpose purpose, ChatResponse response)
    {
        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text));
        TranscriptEntry entry = new()
        {
            Task = purpose.Task,
            Role = purpose.Role,
            Round = purpose.Round,
            Mode = purpose.Mode,
            Text = response.Text,
            Reasoning = reasoning.Length > 0 ? reasoning : null,
            FinishReason = response.FinishReason?.Value is "length" or "content_filter" ? response.FinishReason.Value.Value : null,
            RecordedFrom = recordedFrom,
            Usage = response.Usage is not { } usage ? null : new TranscriptUsage
            {
                InputTokens = usage.InputTokenCount ?? 0,
                OutputTokens = usage.OutputTokenCount ?? 0,
                ReasoningTokens = usage.ReasoningTokenCount ?? 0,
            },
        };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, Json.TranscriptEntry), (byte)'\n']);
        file.Flush(flushToDisk: true);
    }
}
