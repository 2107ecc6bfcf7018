using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace KernelForge.Agents.Chat;

/// <summary>Prices by model, from a file that people edit: <c>models/prices.json</c>. A model that is not in it has no known price.</summary>
public sealed partial class PriceTable
{
    private readonly Dictionary<string, ModelPrice> _prices;

    private PriceTable(Dictionary<string, ModelPrice> prices) => _prices = prices;

    /// <summary>No price at all.</summary>
    public static PriceTable Empty { get; } = new([]);

    /// <summary>Names of the models in it.</summary>
    public IEnumerable<string> Models => _prices.Keys;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelSetupException">It is not there, or not what the format says; the message names file, entry and member.</exception>
    public static PriceTable Load(string path)
    {
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelSetupException($"the price table {path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Reads a table's text; <paramref name="path"/> is for messages.</summary>
    public static PriceTable Parse(string path, string json)
    {
        PriceFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, PriceJson.Default.PriceFile) ?? throw new ModelSetupException($"{path}: expected an object with models, found null");
        }
        catch (JsonException exception)
        {
            throw new ModelSetupException($"{path}:{exception.LineNumber + 1}: {exception.Message}");
        }

        Dictionary<string, ModelPrice> prices = new(StringComparer.Ordinal);
        for (var i = 0; i < file.Models.Count; i++)
        {
            var entry = file.Models[i];
            var where = $"{path}: models[{i}] ({entry.Model})";
            Check(where, entry);
            if (entry.LongPrompt is { } longer)
            {
                Check($"{where}.long_prompt", longer);
            }

            try
            {
                ModelName.Parse(entry.Model);
            }
            catch (ModelNameException exception)
            {
                throw new ModelSetupException($"{where}: {exception.Message}");
            }

            if (!prices.TryAdd(entry.Model, entry.ToPrice(entry.LongPrompt is { } tier ? new LongPromptPrice(tier.Above, tier.ToPrice(null)) : null)))
            {
                throw new ModelSetupException($"{where}: the model is there twice; keep one price");
            }
        }

        return new PriceTable(prices);
    }

    /// <summary>The price of a model; a dated version (<c>…-20251001</c>, <c>…-2025-10-01</c>) costs what its model costs. Null: not known.</summary>
    public ModelPrice? Find(ModelName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = name.ToString();
        return _prices.TryGetValue(text, out var price) || _prices.TryGetValue(Date().Replace(text, ""), out price) ? price : null;
    }

    private static void Check(string where, PriceTier tier)
    {
        Check(where, "input", tier.Input);
        Check(where, "output", tier.Output);
        Check(where, "cached_input", tier.CachedInput);
        Check(where, "cache_write", tier.CacheWrite);
    }

    private static void Check(string where, string member, decimal? usd)
    {
        if (usd is < 0 or > 100_000)
        {
            throw new ModelSetupException($"{where}: {member}: expected US dollars for a million tokens, 0 to 100000, found {usd}");
        }
    }

    [GeneratedRegex(@"-20\d\d-?\d\d-?\d\d$", RegexOptions.None, 1000)]
    private static partial Regex Date();
}

/// <summary>The file of a <see cref="PriceTable"/>.</summary>
internal sealed record PriceFile
{
    /// <summary>What the file is, for people.</summary>
    public string? About { get; init; }

    /// <summary>One entry a model.</summary>
    public required IReadOnlyList<PriceEntry> Models { get; init; }
}

/// <summary>US dollars for a million tokens.</summary>
internal record PriceTier
{
    /// <summary>Tokens sent.</summary>
    public required decimal Input { get; init; }

    /// <summary>Tokens read from the provider's prompt cache.</summary>
    public decimal? CachedInput { get; init; }

    /// <summary>Tokens written to it.</summary>
    public decimal? CacheWrite { get; init; }

    /// <summary>Tokens received, reasoning included.</summary>
    public required decimal Output { get; init; }

    /// <summary>As a price.</summary>
    public ModelPrice ToPrice(LongPromptPrice? longPrompt) => new(Input, Output, CachedInput, CacheWrite, longPrompt);
}

/// <summary>One model's price.</summary>
internal sealed record PriceEntry : PriceTier
{
    /// <summary>As after <c>--coder</c>: <c>openai:gpt-5</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The price of calls with a long prompt; null: the same.</summary>
    public LongPromptTier? LongPrompt { get; init; }

    /// <summary>Where it is from.</summary>
    public required string Source { get; init; }

    /// <summary>When it was so, as far as known.</summary>
    public required string AsOf { get; init; }
}

/// <summary>The price of calls with a long prompt.</summary>
internal sealed record LongPromptTier : PriceTier
{
    /// <summary>Tokens above which a prompt is long.</summary>
    public required long Above { get; init; }
}

/// <summary>JSON of price tables: people write them, so an unknown member is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PriceFile))]
internal sealed partial class PriceJson : JsonSerializerContext;
