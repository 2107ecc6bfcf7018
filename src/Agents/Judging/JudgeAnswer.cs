using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Judging;

/// <summary>CudaForge's correction answer.</summary>
internal sealed record CorrectionAnswer
{
    public required string CriticalIssue { get; init; }

    public required string WhyItMatters { get; init; }

    public required string MinimalFixHint { get; init; }
}

/// <summary>CudaForge's optimisation answer, with the expected gain.</summary>
internal sealed record OptimisationAnswer
{
    public required string Bottleneck { get; init; }

    public required string OptimisationMethod { get; init; }

    public required string ModificationPlan { get; init; }

    public required double ExpectedGain { get; init; }
}

/// <summary>Strict JSON of a Judge's answers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(CorrectionAnswer))]
[JsonSerializable(typeof(OptimisationAnswer))]
internal sealed partial class JudgeJson : JsonSerializerContext;

/// <summary>An answer that cannot be used; the message goes back to the Judge as it is.</summary>
internal sealed class JudgeAnswerException(string message) : Exception(message);

/// <summary>
/// Reads a Judge's answer. Repaired is only what has one reading: a fence around the object, text before or after the only
/// object, and the spelling of names (blanks and hyphens for underscores, American spelling). All else is asked for again.
/// </summary>
internal static class JudgeAnswer
{
    private const int MaxCharacters = 600;

    /// <summary>Reads the advice of a mode.</summary>
    /// <exception cref="JudgeAnswerException">It is not what was asked for.</exception>
    public static JudgeAdvice Parse(string text, string mode, string source)
    {
        var json = WithCanonicalNames(TheOnlyObject(text));
        try
        {
            return mode == RoundModes.Optimisation
                ? FromOptimisation(json.Deserialize(JudgeJson.Default.OptimisationAnswer)!, source)
                : FromCorrection(json.Deserialize(JudgeJson.Default.CorrectionAnswer)!, source);
        }
        catch (JsonException exception)
        {
            throw new JudgeAnswerException(exception.Message);
        }
    }

    private static JudgeAdvice FromCorrection(CorrectionAnswer answer, string source) => new()
    {
        Mode = RoundModes.Correction,
        Issue = Limited("critical_issue", answer.CriticalIssue, AdviceLimits.CriticalIssue),
        Reason = Limited("why_it_matters", answer.WhyItMatters, AdviceLimits.WhyItMatters),
        Fix = Limited("minimal_fix_hint", answer.MinimalFixHint, AdviceLimits.MinimalFixHint),
        Source = source,
    };

    private static JudgeAdvice FromOptimisation(OptimisationAnswer answer, string source) => new()
    {
        Mode = RoundModes.Optimisation,
        Issue = Limited("bottleneck", answer.Bottleneck, AdviceLimits.Bottleneck),
        Reason = Limited("optimisation_method", answer.OptimisationMethod, AdviceLimits.OptimisationMethod),
        Fix = Limited("modification_plan", answer.ModificationPlan, AdviceLimits.ModificationPlan),
        ExpectedGain = answer.ExpectedGain is >= 1 and <= 1000
            ? answer.ExpectedGain
            : throw new JudgeAnswerException($"expected_gain is {answer.ExpectedGain}; expected latency before ÷ after, from 1 to 1000"),
        Source = source,
    };

    private static string Limited(string name, string text, int words)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            throw new JudgeAnswerException($"{name} is empty");
        }

        var count = AdviceLimits.CountWords(trimmed);
        if (count > words)
        {
            throw new JudgeAnswerException($"{name} has {count} words; at most {words} are allowed");
        }

        return trimmed.Length <= MaxCharacters ? trimmed : throw new JudgeAnswerException($"{name} has {trimmed.Length} characters; at most {MaxCharacters} are allowed");
    }

    private static JsonObject TheOnlyObject(string text)
    {
        var objects = Objects(text);
        return objects.Count switch
        {
            1 => objects[0],
            0 => throw new JudgeAnswerException(text.Contains('{', StringComparison.Ordinal)
                ? "it holds no complete JSON object" + WhyNot(text)
                : "it holds no JSON object"),
            _ => throw new JudgeAnswerException($"it holds {objects.Count} JSON objects; expected exactly one"),
        };
    }

    /// <summary>Every outermost <c>{…}</c> of the text that is valid JSON.</summary>
    private static List<JsonObject> Objects(string text)
    {
        List<JsonObject> objects = [];
        for (var start = text.IndexOf('{', StringComparison.Ordinal); start >= 0;)
        {
            var (node, end) = ReadObject(text, start);
            if (node is not null)
            {
                objects.Add(node);
            }

            start = end < text.Length ? text.IndexOf('{', end) : -1;
        }

        return objects;
    }

    private static (JsonObject? Node, int End) ReadObject(string text, int start)
    {
        var (depth, inString, escaped) = (0, false, false);
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (inString)
            {
                inString = escaped || c != '"';
                escaped = !escaped && c == '\\';
            }
            else if (c == '"')
            {
                inString = true;
            }
            else if (c == '{')
            {
                depth++;
            }
            else if (c == '}' && --depth == 0)
            {
                return (TryParse(text[start..(i + 1)]), i + 1);
            }
        }

        return (null, text.Length);
    }

    private static JsonObject? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json, null, new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string WhyNot(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..], new JsonDocumentOptions { AllowDuplicateProperties = false });
            return "";
        }
        catch (JsonException exception)
        {
            return ": " + exception.Message;
        }
    }

    private static JsonObject WithCanonicalNames(JsonObject json)
    {
        JsonObject renamed = [];
        foreach (var (name, value) in json)
        {
            var canonical = new StringBuilder(name.Trim().ToLowerInvariant()).Replace(' ', '_').Replace('-', '_').Replace("optimization", "optimisation").ToString();
            if (!renamed.TryAdd(canonical, value?.DeepClone()))
            {
                throw new JudgeAnswerException($"'{canonical}' is there twice");
            }
        }

        return renamed;
    }
}

/// <summary>Limits in words, CudaForge's.</summary>
public static class AdviceLimits
{
    /// <summary>Correction: the issue.</summary>
    public const int CriticalIssue = 20;

    /// <summary>Correction: why it matters.</summary>
    public const int WhyItMatters = 35;

    /// <summary>Correction: the fix.</summary>
    public const int MinimalFixHint = 20;

    /// <summary>Optimisation: the bottleneck.</summary>
    public const int Bottleneck = 30;

    /// <summary>Optimisation: the method.</summary>
    public const int OptimisationMethod = 35;

    /// <summary>Optimisation: the plan.</summary>
    public const int ModificationPlan = 35;

    /// <summary>Words of a text: what blanks separate.</summary>
    public static int CountWords(string text) => (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>The text cut to its limit.</summary>
    public static string Cut(string text, int words)
    {
        var parts = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length <= words ? string.Join(' ', parts) : string.Join(' ', parts[..words]) + "…";
    }
}
