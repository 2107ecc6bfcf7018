using System.Globalization;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Student;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Makes models from their names. Settings (environment variables; NAME in capitals, other signs as <c>_</c>):
/// <c>KERNELFORGE_OPENAI__API_KEY</c> (else <c>OPENAI_API_KEY</c>), <c>KERNELFORGE_OPENAI__BASE_ADDRESS</c>, <c>KERNELFORGE_OPENAI__PRICE</c>;
/// <c>KERNELFORGE_COMPATIBLE__NAME__BASE_ADDRESS</c>, <c>…__API_KEY</c>, <c>…__PRICE</c> (<c>IN/OUT</c>, US dollars a million tokens);
/// <c>KERNELFORGE_MODEL_TIMEOUT_SECONDS</c>.
/// </summary>
public sealed class AgentModels : IDisposable
{
    private readonly Func<string, string?> _setting;
    private readonly string _transcripts;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <summary>Makes models.</summary>
    /// <param name="setting">Reads a setting: <c>Environment.GetEnvironmentVariable</c>.</param>
    /// <param name="transcripts">Folder of transcripts: <c>prompts/transcripts</c>.</param>
    /// <param name="time">For waits between retries.</param>
    public AgentModels(Func<string, string?> setting, string transcripts, TimeProvider time)
    {
        _setting = setting;
        _transcripts = transcripts;
        _time = time;
        _http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The model of that name, for one run.</summary>
    /// <param name="name">The name.</param>
    /// <param name="journal">
    /// The run's journal: answers are kept there before they are used, and a run that resumes takes from it what it has paid for
    /// already. Null: none.
    /// </param>
    /// <exception cref="ModelNameException">It comes later, or is no chat model.</exception>
    /// <exception cref="ModelSetupException">Something is not configured.</exception>
    /// <exception cref="TranscriptException">The transcript cannot be read.</exception>
    public AgentModel Create(ModelName name, IRunJournal? journal = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var model = name.Source switch
        {
            ModelSource.OpenAI => Live(name, "KERNELFORGE_OPENAI", "https://api.openai.com/v1", useMaxTokens: false),
            ModelSource.Compatible => Live(name, $"KERNELFORGE_COMPATIBLE__{SettingName(name.Server!)}", null, useMaxTokens: true),
            ModelSource.Simulated when name.Model == StudentChatClient.ModelId => new AgentModel(name, new StudentChatClient(journal?.RunId ?? ""), ModelPrice.Free),
            ModelSource.Replay => new AgentModel(name, new ReplayChatClient(Transcript.Load(_transcripts, name.Model)), ModelPrice.Free),
            ModelSource.Simulated => throw new ModelNameException($"'{name}' is not known; there is simulated:{StudentChatClient.ModelId}"),
            ModelSource.Rules => throw new ModelNameException("'rules' is the rule Judge: it advises and writes no kernels; choose a Coder such as replay:TRANSCRIPT or compatible:NAME/MODEL"),
            _ => throw new ModelNameException($"'{name}' comes later; now there are openai:MODEL, compatible:NAME/MODEL, replay:TRANSCRIPT, and rules for the Judge"),
        };
        return journal is null ? model : model with { Client = new RecordingChatClient(model.Client, journal, name.ToString()) };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private AgentModel Live(ModelName name, string prefix, string? defaultAddress, bool useMaxTokens)
    {
        var addressSetting = $"{prefix}__BASE_ADDRESS";
        var address = Read(addressSetting) ?? defaultAddress
            ?? throw new ModelSetupException($"{name}: the server's address is not known; set {addressSetting}, for example to http://localhost:8000/v1");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ModelSetupException($"{addressSetting}: expected an http or https address such as http://localhost:8000/v1, found '{address}'");
        }

        var keySetting = $"{prefix}__API_KEY";
        var key = Read(keySetting);
        if (key is null && name.Source == ModelSource.OpenAI)
        {
            key = Read("OPENAI_API_KEY");
        }

        if (key is null)
        {
            throw new ModelSetupException(name.Source == ModelSource.OpenAI
                ? $"{name}: there is no key; set {keySetting} or OPENAI_API_KEY"
                : $"{name}: there is no key; set {keySetting} (any word where the server asks for none)");
        }

        OpenAiEndpoint endpoint = new() { BaseAddress = uri, ApiKey = key, ApiKeySetting = keySetting, UseMaxTokens = useMaxTokens, Timeout = ReadTimeout() };
        return new AgentModel(name, new RetryingChatClient(new OpenAiChatClient(endpoint, name.Model, _http), _time), ReadPrice($"{prefix}__PRICE"));
    }

    private TimeSpan ReadTimeout()
    {
        const string setting = "KERNELFORGE_MODEL_TIMEOUT_SECONDS";
        if (Read(setting) is not { } text)
        {
            return TimeSpan.FromMinutes(20);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new ModelSetupException($"{setting}: expected seconds between 0 and 86400, found '{text}'");
    }

    private ModelPrice? ReadPrice(string setting)
    {
        if (Read(setting) is not { } text)
        {
            return null;
        }

        var parts = text.Split('/');
        return parts.Length == 2
            && decimal.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var input)
            && decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var output)
            ? new ModelPrice(input, output)
            : throw new ModelSetupException($"{setting}: expected IN/OUT in US dollars a million tokens such as 1.25/10, found '{text}'");
    }

    private string? Read(string setting) => _setting(setting) is { Length: > 0 } value ? value : null;

    private static string SettingName(string server) =>
        string.Concat(server.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
