using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Writes every whole answer to a transcript before anyone uses it, and answers from that transcript what an earlier process of the
/// same run has asked already: a paid answer outlives a crash, and a live run can be replayed later.
/// </summary>
public sealed class RecordingChatClient : DelegatingChatClient
{
    private static readonly TranscriptJson Json = new(new JsonSerializerOptions(TranscriptJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly string _path;
    private readonly string _recordedFrom;
    private readonly List<TranscriptLine> _earlier;

    /// <summary>Records into a file.</summary>
    /// <param name="inner">Who is asked.</param>
    /// <param name="path">The transcript; what it holds already is answered from it.</param>
    /// <param name="recordedFrom">The model's name. Answers of another model in the file are left alone.</param>
    public RecordingChatClient(IChatClient inner, string path, string recordedFrom)
        : base(inner)
    {
        _path = path;
        _recordedFrom = recordedFrom;
        _earlier = [.. ReadEarlier(path).Lines.Where(line => line.Entry.RecordedFrom == recordedFrom)];
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var purpose = CallPurpose.Of(options);
        if (purpose is not null && TakeEarlier(purpose) is { } earlier)
        {
            return ReplayChatClient.ToResponse(earlier, _recordedFrom);
        }

        var response = await base.GetResponseAsync(messages, options, cancellationToken);
        if (purpose is not null)
        {
            Write(purpose, response);
        }

        return response;
    }

    private TranscriptLine? TakeEarlier(CallPurpose purpose)
    {
        lock (_earlier)
        {
            var index = _earlier.FindIndex(line => new CallPurpose(line.Entry.Task, line.Entry.Role, line.Entry.Round, line.Entry.Mode) == purpose);
            if (index < 0)
            {
                return null;
            }

            var line = _earlier[index];
            _earlier.RemoveAt(index);
            return line;
        }
    }

    /// <summary>What the file holds; a half line of a killed process is cut off.</summary>
    private static Transcript ReadEarlier(string path)
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length)
        {
            File.WriteAllText(path, whole);
        }

        return Transcript.Parse(Path.GetFileNameWithoutExtension(path), whole, _ => throw new FileNotFoundException("a recording holds its texts"));
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
            RecordedFrom = _recordedFrom,
            Usage = response.Usage is not { } usage ? null : new TranscriptUsage
            {
                InputTokens = usage.InputTokenCount ?? 0,
                OutputTokens = usage.OutputTokenCount ?? 0,
                ReasoningTokens = usage.ReasoningTokenCount ?? 0,
            },
        };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        using FileStream file = new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, Json.TranscriptEntry), (byte)'\n']);
        file.Flush(flushToDisk: true);
    }
}
