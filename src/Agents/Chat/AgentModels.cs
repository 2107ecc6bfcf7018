using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat.Budgets;
using KernelForge.Agents.Chat.Decorators;
using KernelForge.Agents.Chat.Providers;
using KernelForge.Agents.Student;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Makes models from their names: a provider's client below telemetry → recording → budget → cache → rate limit → retry (docs/adr/0041),
/// outermost first. The settings are in docs/models.md.
/// </summary>
public sealed class AgentModels : IDisposable
{
    private const int MostScopes = 1000;

    private readonly ModelSettings _settings;
    private readonly string _transcripts;
    private readonly TimeProvider _time;
    private readonly PriceTable _prices;
    private readonly IUsageLedger? _ledger;
    private readonly AnswerCache? _cache;
    private readonly SocketsHttpHandler _connections = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(15) };
    private readonly ConcurrentDictionary<string, CallRate> _rates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _refused = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<IRunJournal, SpendingGate> _runs = [];
    private readonly ConcurrentDictionary<string, SpendingGate> _scopes = new(StringComparer.Ordinal);

    /// <summary>Makes models.</summary>
    /// <param name="setting">Reads a setting: <c>Environment.GetEnvironmentVariable</c>.</param>
    /// <param name="transcripts">Folder of transcripts: <c>prompts/transcripts</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="prices">Prices of models; null: none is known but those of PRICE settings.</param>
    /// <param name="ledger">What days and benchmarks have spent; null: not kept, and no budget of a day or benchmark.</param>
    /// <param name="cache">Folder of kept answers; null: none are kept.</param>
    public AgentModels(Func<string, string?> setting, string transcripts, TimeProvider time, PriceTable? prices = null, IUsageLedger? ledger = null, string? cache = null)
    {
        _settings = new ModelSettings(setting);
        _transcripts = transcripts;
        _time = time;
        _prices = prices ?? PriceTable.Empty;
        _ledger = ledger;
        _cache = cache is null ? null : new AnswerCache(cache);
    }

    /// <summary>Those of a checkout and a data folder: prices from <c>KERNELFORGE_PRICES</c>, else from <c>models/prices.json</c> where it is there, ledger and cache in the data folder.</summary>
    /// <param name="setting">Reads a setting.</param>
    /// <param name="root">The checkout.</param>
    /// <param name="home">The data folder.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ModelSetupException">The price table is not what it should be.</exception>
    public static AgentModels Load(Func<string, string?> setting, string root, string home, TimeProvider time) => new(
        setting,
        Path.Combine(root, "prompts", "transcripts"),
        time,
        PricesOf(new ModelSettings(setting).Read("KERNELFORGE_PRICES"), Path.Combine(root, "models", "prices.json")),
        new LedgerFolder(Path.Combine(home, "spending"), time),
        Path.Combine(home, "cache", "answers"));

    /// <summary>The model of that name, for one run.</summary>
    /// <param name="name">The name.</param>
    /// <param name="journal">
    /// The run's journal: answers are kept there before they are used, and a run that resumes takes from it what it has paid for
    /// already. Null: none.
    /// </param>
    /// <param name="budget">What the run may spend; the same for all models of a run. Null: what the settings say.</param>
    /// <exception cref="ModelNameException">It comes later, or is no chat model.</exception>
    /// <exception cref="ModelSetupException">Something is not configured.</exception>
    /// <exception cref="TranscriptException">The transcript cannot be read.</exception>
    public AgentModel Create(ModelName name, IRunJournal? journal = null, RunBudget? budget = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var model = name.Source switch
        {
            ModelSource.OpenAI or ModelSource.Anthropic or ModelSource.Azure or ModelSource.Compatible => Live(name, journal, budget ?? new RunBudget()),
            ModelSource.Simulated when name.Model == StudentChatClient.ModelId => new AgentModel(name, new StudentChatClient(journal?.RunId ?? ""), ModelPrice.Free),
            ModelSource.Replay => new AgentModel(name, new ReplayChatClient(Transcript.Load(_transcripts, name.Model)), ModelPrice.Free),
            ModelSource.Simulated => throw new ModelNameException($"'{name}' is not known; there is simulated:{StudentChatClient.ModelId}"),
            ModelSource.Rules => throw new ModelNameException("'rules' is the rule Judge: it advises and writes no kernels; choose a Coder such as replay:TRANSCRIPT or compatible:NAME/MODEL"),
            _ => throw new ModelNameException($"'{name}' comes later; now there are {ModelName.Forms}"),
        };
        var client = journal is null ? model.Client : new RecordingChatClient(model.Client, journal, name.ToString());
        return model with { Client = new TelemetryChatClient(client, name, ProviderOf(name)) };
    }

    /// <summary>How a role's model is sampled: the role's settings (<c>KERNELFORGE_CODER__TEMPERATURE</c>, …) over the defaults.</summary>
    /// <param name="role"><c>coder</c> or <c>judge</c>.</param>
    /// <param name="defaults">Where nothing is set.</param>
    /// <exception cref="ModelSetupException">A setting is outside its range.</exception>
    public SamplingSettings SamplingOf(string role, SamplingSettings defaults)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(defaults);
        var prefix = $"KERNELFORGE_{role.ToUpperInvariant()}";
        return defaults with
        {
            Temperature = (double?)_settings.Number($"{prefix}__TEMPERATURE", 0, 2) ?? defaults.Temperature,
            TopP = (double?)_settings.Number($"{prefix}__TOP_P", 0, 1) ?? defaults.TopP,
            MaxOutputTokens = (int?)_settings.Whole($"{prefix}__MAX_OUTPUT_TOKENS", 256, 1_000_000) ?? defaults.MaxOutputTokens,
            Seed = _settings.Whole($"{prefix}__SEED", 0, int.MaxValue) ?? defaults.Seed,
            ReasoningEffort = _settings.OneOf($"{prefix}__REASONING_EFFORT", [.. CallSampling.EffortNames]) ?? defaults.ReasoningEffort,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.Dispose();
        foreach (var rate in _rates.Values)
        {
            rate.Dispose();
        }

        (_ledger as IDisposable)?.Dispose();
    }

    /// <summary>The file that was asked for must be there; without the one that comes along, no price is known.</summary>
    private static PriceTable PricesOf(string? asked, string standard) =>
        asked is not null ? PriceTable.Load(asked) : File.Exists(standard) ? PriceTable.Load(standard) : PriceTable.Empty;

    private AgentModel Live(ModelName name, IRunJournal? journal, RunBudget budget)
    {
        var prefix = PrefixOf(name);
        var endpoint = EndpointOf(name, prefix);
        var price = PriceOf(name);
        var gates = GatesOf(name, price, journal, budget);
        var policy = _settings.OneOf("KERNELFORGE_MODEL_CACHE", "off", "deterministic", "always") switch
        {
            "off" => CachePolicy.Off,
            "always" => CachePolicy.Always,
            _ => CachePolicy.Deterministic,
        };

        IChatClient client = ClientOf(name, prefix, endpoint);
        client = new AcceptedSamplingChatClient(client, name.ToString(), _refused);
        client = new RetryingChatClient(client, _time, Random.Shared.NextDouble, (int)(_settings.Whole("KERNELFORGE_MODEL_RETRIES", 0, 10) ?? RetryingChatClient.DefaultRetries));
        client = new RateLimitingChatClient(client, _rates.GetOrAdd(endpoint.Provider, _ => new CallRate(LimitsOf(prefix), _time)));
        client = _cache is null ? client : new CachingChatClient(client, _cache, policy, name.ToString(), endpoint.BaseAddress);
        return new AgentModel(name, new BudgetChatClient(client, price, gates), price);
    }

    private ProviderChatClient ClientOf(ModelName name, string prefix, ProviderEndpoint endpoint)
    {
        if (name.Source == ModelSource.Anthropic)
        {
            return new AnthropicChatClient(endpoint, name.Model, _connections, _time);
        }

        // OpenAI's responses bring summaries of the reasoning; elsewhere chat completions are what every server speaks.
        var protocol = _settings.OneOf($"{prefix}__API", "chat", "responses") ?? (name.Source == ModelSource.OpenAI ? "responses" : "chat");
        return protocol == "responses"
            ? new OpenAiResponsesClient(endpoint, name.Model, _connections, _time)
            : new OpenAiChatClient(endpoint, name.Model, _connections, _time);
    }

    private ProviderEndpoint EndpointOf(ModelName name, string prefix)
    {
        var addressSetting = $"{prefix}__BASE_ADDRESS";
        var address = _settings.Read(addressSetting) ?? DefaultAddress(name);
        if (address is null)
        {
            throw new ModelSetupException(name.Source == ModelSource.Azure
                ? $"{name}: the resource's address is not known; set {addressSetting} or AZURE_OPENAI_ENDPOINT, for example to https://NAME.openai.azure.com"
                : $"{name}: the server's address is not known; set {addressSetting}, for example to http://localhost:8000/v1");
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ModelSetupException($"{addressSetting}: expected an http or https address such as http://localhost:8000/v1, found '{address}'");
        }

        string[] keySettings = [$"{prefix}__API_KEY", .. CommonKey(name)];
        if (_settings.First(keySettings) is not { } key)
        {
            throw new ModelSetupException(name.Source == ModelSource.Compatible
                ? $"{name}: there is no key; set {keySettings[0]} (any word where the server asks for none)"
                : $"{name}: there is no key; set {string.Join(" or ", keySettings)}");
        }

        return new ProviderEndpoint
        {
            Provider = ProviderOf(name),
            BaseAddress = name.Source == ModelSource.Azure && uri.AbsolutePath == "/" ? new Uri(uri, "openai/v1") : uri,
            BaseAddressSetting = addressSetting,
            ApiKey = key.Value,
            ApiKeySetting = key.Name,
            UseMaxTokens = name.Source == ModelSource.Compatible,
            Timeout = Seconds("KERNELFORGE_MODEL_TIMEOUT_SECONDS", TimeSpan.FromHours(1)),
            IdleTimeout = Seconds("KERNELFORGE_MODEL_IDLE_SECONDS", TimeSpan.FromMinutes(5)),
        };

        TimeSpan Seconds(string setting, TimeSpan standard) => _settings.Number(setting, 0.001m, 86_400) is { } seconds ? TimeSpan.FromSeconds((double)seconds) : standard;
    }

    private string? DefaultAddress(ModelName name) => name.Source switch
    {
        ModelSource.OpenAI => "https://api.openai.com/v1",
        ModelSource.Anthropic => "https://api.anthropic.com",
        ModelSource.Azure => _settings.Read("AZURE_OPENAI_ENDPOINT"),
        _ => null,
    };

    private static string[] CommonKey(ModelName name) => name.Source switch
    {
        ModelSource.OpenAI => ["OPENAI_API_KEY"],
        ModelSource.Anthropic => ["ANTHROPIC_API_KEY"],
        ModelSource.Azure => ["AZURE_OPENAI_API_KEY"],
        _ => [],
    };

    private CallLimits LimitsOf(string prefix) => new(
        (int?)_settings.Whole($"{prefix}__CALLS_PER_MINUTE", 1, 1_000_000),
        _settings.Whole($"{prefix}__TOKENS_PER_MINUTE", 1, 1_000_000_000_000),
        (int)(_settings.Whole($"{prefix}__CONCURRENT_CALLS", 1, 10_000) ?? CallLimits.DefaultConcurrentCalls));

    /// <summary>The budgets in force when a call is made: a day ends while a run goes on.</summary>
    private Func<IReadOnlyList<SpendingGate>> GatesOf(ModelName name, ModelPrice? price, IRunJournal? journal, RunBudget budget)
    {
        var run = Limit("RUN", "run", "the budget of this run");
        run = run with { CostUsd = budget.CostUsd ?? run.CostUsd, Tokens = budget.Tokens ?? run.Tokens };
        var benchmark = Limit("BENCHMARK", $"benchmark:{budget.Benchmark}", "the budget of this benchmark (KERNELFORGE_BUDGET_BENCHMARK_USD or _TOKENS)");
        var day = Limit("DAY", "day", "the budget of this day (KERNELFORGE_BUDGET_DAY_USD or _TOKENS)");
        if (price is null && new[] { run, budget.Benchmark is null ? null : benchmark, day }.Any(limit => limit?.CostUsd is not null))
        {
            throw new ModelSetupException($"a cost budget is set and the price of {name} is not known; add it to models/prices.json, or set {PrefixOf(name)}__PRICE to IN/OUT in US dollars a million tokens");
        }

        var own = journal is null || run is { CostUsd: null, Tokens: null } ? null : _runs.GetValue(journal, kept => new SpendingGate(run, new JournalLedger(kept, UsageOf)));
        return () =>
        {
            if (_scopes.Count > MostScopes)
            {
                // Days and benchmarks that are over.
                _scopes.Clear();
            }

            List<SpendingGate> gates = own is null ? [] : [own];
            if (_ledger is not null)
            {
                if (budget.Benchmark is not null)
                {
                    gates.Add(_scopes.GetOrAdd(benchmark.Scope, _ => new SpendingGate(benchmark, _ledger)));
                }

                var today = "day:" + _time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                gates.Add(_scopes.GetOrAdd(today, scope => new SpendingGate(day with { Scope = scope }, _ledger)));
            }

            return gates;
        };

        SpendingLimit Limit(string setting, string scope, string title) => new(
            scope,
            title,
            _settings.Number($"KERNELFORGE_BUDGET_{setting}_USD", 0.000001m, 1_000_000_000),
            _settings.Whole($"KERNELFORGE_BUDGET_{setting}_TOKENS", 1, long.MaxValue));
    }

    /// <summary>What a recorded call used, at today's prices.</summary>
    private ModelUsage UsageOf(TranscriptEntry entry)
    {
        var price = entry.RecordedFrom is { } from && !from.StartsWith("replay:", StringComparison.Ordinal) ? PriceOf(ModelName.Parse(from)) : ModelPrice.Free;
        return AgentModel.UsageOf(entry.Usage?.ToDetails(), price);
    }

    private ModelPrice? PriceOf(ModelName name)
    {
        if (name.Source is ModelSource.Replay or ModelSource.Simulated)
        {
            return ModelPrice.Free;
        }

        var setting = $"{PrefixOf(name)}__PRICE";
        if (_settings.Read(setting) is not { } text)
        {
            return _prices.Find(name);
        }

        decimal[] parts = [.. text.Split('/').Select(part => decimal.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) ? usd : -1)];
        return parts.Length is >= 2 and <= 4 && parts.All(usd => usd >= 0)
            ? new ModelPrice(parts[0], parts[1], parts.Length > 2 ? parts[2] : null, parts.Length > 3 ? parts[3] : null)
            : throw new ModelSetupException($"{setting}: expected IN/OUT or IN/OUT/CACHED_IN/CACHE_WRITE in US dollars a million tokens such as 1.25/10, found '{text}'");
    }

    private static string ProviderOf(ModelName name) => name.Source switch
    {
        ModelSource.Compatible => $"compatible:{name.Server}",
        _ => name.Source.ToString().ToLowerInvariant(),
    };

    private static string PrefixOf(ModelName name) => name.Source switch
    {
        ModelSource.Compatible => $"KERNELFORGE_COMPATIBLE__{string.Concat(name.Server!.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'))}",
        _ => $"KERNELFORGE_{name.Source.ToString().ToUpperInvariant()}",
    };
}
