using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>One recorded call: a line of a transcript (prompts/transcripts/README.md).</summary>
public sealed record TranscriptEntry
{
    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary><c>coder</c> or <c>judge</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The round of the call, from 0.</summary>
    public required int Round { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The answer; null where <see cref="TextFile"/> holds it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>A file beside the transcript that holds the answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TextFile { get; init; }

    /// <summary>What the model thought; null where unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reasoning { get; init; }

    /// <summary>Tokens; null where unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TranscriptUsage? Usage { get; init; }

    /// <summary>How the answer was sampled; null where unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SamplingSettings? Sampling { get; init; }

    /// <summary><c>stop</c>, <c>length</c> or <c>content_filter</c>; null: <c>stop</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FinishReason { get; init; }

    /// <summary>A model's name, or <c>hand</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RecordedFrom { get; init; }

    /// <summary>Reads one that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static TranscriptEntry Parse(string json) =>
        JsonSerializer.Deserialize(json, TranscriptJson.Default.TranscriptEntry) ?? throw new JsonException("expected a call, found null");

    /// <summary>A provider's answer as a recorded call.</summary>
    internal static TranscriptEntry Of(CallPurpose purpose, ChatResponse response, string recordedFrom)
    {
        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text));
        return new TranscriptEntry
        {
            Task = purpose.Task,
            Role = purpose.Role,
            Round = purpose.Round,
            Mode = purpose.Mode,
            Text = response.Text,
            Reasoning = reasoning.Length > 0 ? reasoning : null,
            FinishReason = response.FinishReason?.Value is "length" or "content_filter" ? response.FinishReason.Value.Value : null,
            RecordedFrom = recordedFrom,
            Sampling = CallSampling.Of(response),
            Usage = TranscriptUsage.Of(response.Usage),
        };
    }

    /// <summary>A recorded call as a provider's answer.</summary>
    /// <param name="entry">The call.</param>
    /// <param name="text">Its answer, read from its file where it lies in one.</param>
    /// <param name="modelId">Who answers.</param>
    internal static ChatResponse ToResponse(TranscriptEntry entry, string text, string modelId)
    {
        List<AIContent> contents = [];
        if (entry.Reasoning is { Length: > 0 } reasoning)
        {
            contents.Add(new TextReasoningContent(reasoning));
        }

        contents.Add(new TextContent(text));
        ChatResponse response = new(new ChatMessage(ChatRole.Assistant, contents))
        {
            ModelId = modelId,
            FinishReason = new ChatFinishReason(entry.FinishReason ?? "stop"),
            Usage = entry.Usage?.ToDetails(),
        };
        return entry.Sampling is { } sampling ? CallSampling.Attach(response, sampling) : response;
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TranscriptJson.Readable.TranscriptEntry);
}

/// <summary>Tokens of one recorded call.</summary>
public sealed record TranscriptUsage
{
    /// <summary>Tokens sent.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens among them that were read from the provider's prompt cache.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CachedInputTokens { get; init; }

    /// <summary>Tokens among them that were written to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CacheWriteTokens { get; init; }

    /// <summary>Tokens received, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of reasoning among them.</summary>
    public long ReasoningTokens { get; init; }

    internal static TranscriptUsage? Of(UsageDetails? usage) => usage is null ? null : new TranscriptUsage
    {
        InputTokens = usage.InputTokenCount ?? 0,
        CachedInputTokens = usage.CachedInputTokenCount ?? 0,
        CacheWriteTokens = usage.AdditionalCounts?.GetValueOrDefault(AgentModel.CacheWriteTokens) ?? 0,
        OutputTokens = usage.OutputTokenCount ?? 0,
        ReasoningTokens = usage.ReasoningTokenCount ?? 0,
    };

    internal UsageDetails ToDetails() => new()
    {
        InputTokenCount = InputTokens,
        CachedInputTokenCount = CachedInputTokens,
        AdditionalCounts = CacheWriteTokens == 0 ? null : new AdditionalPropertiesDictionary<long> { [AgentModel.CacheWriteTokens] = CacheWriteTokens },
        OutputTokenCount = OutputTokens,
        TotalTokenCount = InputTokens + OutputTokens,
        ReasoningTokenCount = ReasoningTokens,
    };
}

/// <summary>JSON of transcripts: people write them, so an unknown member is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TranscriptEntry))]
internal sealed partial class TranscriptJson : JsonSerializerContext
{
    /// <summary>With the characters of source code as they are.</summary>
    public static TranscriptJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>A recorded transcript, read whole.</summary>
public sealed class Transcript
{
    private static readonly string[] CoderModes = ["first", "correction", "optimisation"];
    private static readonly string[] JudgeModes = ["correction", "optimisation"];
    private static readonly string[] FinishReasons = ["stop", "length", "content_filter"];

    private Transcript(string name, IReadOnlyList<TranscriptLine> lines)
    {
        Name = name;
        Lines = lines;
    }

    /// <summary>The name of <c>replay:NAME</c>.</summary>
    public string Name { get; }

    /// <summary>The calls in the file's order.</summary>
    public IReadOnlyList<TranscriptLine> Lines { get; }

    /// <summary>Reads <c>FOLDER/NAME.jsonl</c>.</summary>
    /// <exception cref="TranscriptException">It is not there, or a line is not what the format says.</exception>
    public static Transcript Load(string folder, string name)
    {
        var path = Path.Combine(folder, name + ".jsonl");
        if (!File.Exists(path))
        {
            var known = Directory.Exists(folder)
                ? string.Join(", ", Directory.EnumerateFiles(folder, "*.jsonl").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal))
                : "";
            throw new TranscriptException($"transcript '{name}' is not there: expected {path}; known: {(known.Length == 0 ? "none" : known)}");
        }

        return Parse(name, File.ReadAllText(path), file => File.ReadAllText(Path.Combine(folder, file)));
    }

    /// <summary>Reads the text of a transcript; <paramref name="readText"/> reads the files that entries name.</summary>
    public static Transcript Parse(string name, string text, Func<string, string> readText)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(readText);
        List<TranscriptLine> lines = [];
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            lines.Add(ParseLine($"{name}.jsonl:{number}", line, number, readText));
        }

        return new Transcript(name, lines);
    }

    private static TranscriptLine ParseLine(string where, string line, int number, Func<string, string> readText)
    {
        TranscriptEntry entry;
        try
        {
            entry = JsonSerializer.Deserialize(line, TranscriptJson.Default.TranscriptEntry)
                ?? throw new TranscriptException($"{where}: expected an object, found null");
        }
        catch (JsonException exception)
        {
            throw new TranscriptException($"{where}: {exception.Message}");
        }

        var modes = entry.Role switch
        {
            "coder" => CoderModes,
            "judge" => JudgeModes,
            _ => throw new TranscriptException($"{where}: role '{entry.Role}'; expected coder or judge"),
        };
        if (!modes.Contains(entry.Mode))
        {
            throw new TranscriptException($"{where}: mode '{entry.Mode}' of a {entry.Role}; expected {string.Join(", ", modes)}");
        }

        if (entry.FinishReason is { } reason && !FinishReasons.Contains(reason))
        {
            throw new TranscriptException($"{where}: finish_reason '{reason}'; expected {string.Join(", ", FinishReasons)}");
        }

        return new TranscriptLine(number, entry, TextOf(where, entry, readText));
    }

    private static string TextOf(string where, TranscriptEntry entry, Func<string, string> readText)
    {
        switch (entry)
        {
            case { Text: { } text, TextFile: null }:
                return text;
            case { Text: null, TextFile: { } file }:
                if (Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
                {
                    throw new TranscriptException($"{where}: text_file '{file}' leaves the folder; expected a path beside the transcript");
                }

                try
                {
                    return readText(file);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    throw new TranscriptException($"{where}: text_file '{file}' cannot be read: {exception.Message}");
                }

            default:
                throw new TranscriptException($"{where}: expected exactly one of text and text_file");
        }
    }
}

/// <summary>A recorded call and where it stands.</summary>
/// <param name="Number">Line in the file, from 1.</param>
/// <param name="Entry">The call.</param>
/// <param name="Text">The answer, read from its file where it lies in one.</param>
public sealed record TranscriptLine(int Number, TranscriptEntry Entry, string Text);
