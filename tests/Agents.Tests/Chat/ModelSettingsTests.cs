using KernelForge.Agents.Chat;

namespace KernelForge.Agents.Tests.Chat;

public sealed class ModelSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_key_comes_from_the_environment_else_from_the_users_secrets()
    {
        Write("""{ "OPENAI_API_KEY": "from the file", "ANTHROPIC_API_KEY": "also" }""");
        ModelSettings settings = new(name => name switch { "HOME" => _folder.Path, "OPENAI_API_KEY" => "from the environment", _ => null });

        Assert.Equal(("from the environment", "also", null), (settings.Read("OPENAI_API_KEY"), settings.Read("ANTHROPIC_API_KEY"), settings.Read("AZURE_OPENAI_API_KEY")));
    }

    [Theory]
    [InlineData("{ \"A\": \"top-secret\",\n \"B\": top-secret }", "secrets.json:2:")]
    [InlineData("[\"top-secret\"]", "secrets.json:")]
    [InlineData("{ \"A\": 12345 }", "secrets.json:")]
    public void A_wrong_secrets_file_is_named_and_not_quoted(string text, string expected)
    {
        Write(text);
        ModelSettings settings = new(name => name == "HOME" ? _folder.Path : null);

        var message = Assert.Throws<ModelSetupException>(() => settings.Read("A")).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KERNELFORGE_CODER__TEMPERATURE", "3", "expected a number from 0 to 2, found '3'")]
    [InlineData("KERNELFORGE_CODER__SEED", "1.5", "expected a whole number")]
    [InlineData("KERNELFORGE_CODER__REASONING_EFFORT", "huge", "expected none, low, medium, high, xhigh, found 'huge'")]
    public void A_sampling_setting_outside_its_range_is_named(string setting, string value, string expected)
    {
        using AgentModels models = new(name => name == setting ? value : null, "nowhere", TimeProvider.System);

        var message = Assert.Throws<ModelSetupException>(() => models.SamplingOf("coder", new())).Message;

        Assert.StartsWith(setting + ": ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KERNELFORGE_OPENAI__API", "grpc", "expected chat, responses, found 'grpc'")]
    [InlineData("KERNELFORGE_OPENAI__CALLS_PER_MINUTE", "0", "expected a number from 1")]
    [InlineData("KERNELFORGE_MODEL_CACHE", "sometimes", "expected off, deterministic, always")]
    [InlineData("KERNELFORGE_OPENAI__PRICE", "1", "expected IN/OUT")]
    [InlineData("KERNELFORGE_MODEL_IDLE_SECONDS", "soon", "expected a number from 0.001")]
    public void A_setting_of_a_model_that_is_wrong_is_named(string setting, string value, string expected)
    {
        using AgentModels models = new(name => name == setting ? value : name == "OPENAI_API_KEY" ? "k" : null, "nowhere", TimeProvider.System);

        var message = Assert.Throws<ModelSetupException>(() => models.Create(ModelName.Parse("openai:m"))).Message;

        Assert.StartsWith(setting + ": ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    private void Write(string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, ".microsoft", "usersecrets", "kernelforge"));
        File.WriteAllText(Path.Combine(folder.FullName, "secrets.json"), text);
    }
}
