using KernelForge.Agents.Chat;

namespace KernelForge.Agents.Tests.Chat;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("openai:gpt-5", ModelSource.OpenAI, null, "gpt-5", "live")]
    [InlineData("compatible:local-1/org/model:7b", ModelSource.Compatible, "local-1", "org/model:7b", "live")]
    [InlineData("azure:my-deployment", ModelSource.Azure, null, "my-deployment", "live")]
    [InlineData("anthropic:claude", ModelSource.Anthropic, null, "claude", "live")]
    [InlineData("replay:relu-demo", ModelSource.Replay, null, "relu-demo", "replay")]
    [InlineData("simulated:student", ModelSource.Simulated, null, "student", "simulated")]
    [InlineData("rules", ModelSource.Rules, null, "rules", "live")]
    public void Every_form_is_read_and_written_back(string text, ModelSource source, string? server, string model, string kind)
    {
        var name = ModelName.Parse(text);

        Assert.Equal((source, server, model, kind, text), (name.Source, name.Server, name.Model, name.AttemptKind, name.ToString()));
    }

    [Theory]
    [InlineData("gpt-5", "expected a provider and a model")]
    [InlineData("", "expected a provider and a model")]
    [InlineData("openai:", "without blanks after 'openai:'")]
    [InlineData("openai:a b", "without blanks")]
    [InlineData("mistral:x", "unknown provider 'mistral'; known: openai:MODEL")]
    [InlineData("antropic:x", "unknown provider 'antropic', did you mean anthropic?")]
    [InlineData("compatible:x", "compatible:NAME/MODEL")]
    [InlineData("compatible:/x", "compatible:NAME/MODEL")]
    [InlineData("compatible:a.b/x", "only letters, digits")]
    [InlineData("replay:../x", "a transcript's name")]
    public void A_wrong_name_says_what_was_expected(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelNameException>(() => ModelName.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("simulated:teacher", "simulated:student")]
    [InlineData("rules", "writes no kernels")]
    public void What_is_not_there_yet_says_so(string text, string expected)
    {
        using AgentModels models = new(_ => null, "nowhere", TimeProvider.System);

        Assert.Contains(expected, Assert.Throws<ModelNameException>(() => models.Create(ModelName.Parse(text))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compatible:my-box/m", null, "KERNELFORGE_COMPATIBLE__MY_BOX__BASE_ADDRESS")]
    [InlineData("compatible:my-box/m", "KERNELFORGE_COMPATIBLE__MY_BOX__BASE_ADDRESS=http://x/v1", "KERNELFORGE_COMPATIBLE__MY_BOX__API_KEY")]
    [InlineData("compatible:b/m", "KERNELFORGE_COMPATIBLE__B__BASE_ADDRESS=ftp://x", "expected an http or https address")]
    [InlineData("openai:m", null, "set KERNELFORGE_OPENAI__API_KEY or OPENAI_API_KEY")]
    [InlineData("anthropic:m", null, "set KERNELFORGE_ANTHROPIC__API_KEY or ANTHROPIC_API_KEY")]
    [InlineData("azure:m", null, "set KERNELFORGE_AZURE__BASE_ADDRESS or AZURE_OPENAI_ENDPOINT")]
    [InlineData("azure:m", "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com", "set KERNELFORGE_AZURE__API_KEY or AZURE_OPENAI_API_KEY")]
    public void What_is_not_configured_names_the_setting(string model, string? setting, string expected)
    {
        using AgentModels models = new(name => setting?.StartsWith(name + "=", StringComparison.Ordinal) == true ? setting[(name.Length + 1)..] : null, "nowhere", TimeProvider.System);

        Assert.Contains(expected, Assert.Throws<ModelSetupException>(() => models.Create(ModelName.Parse(model))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_compatible_server_is_asked_and_priced()
    {
        await using WireServer server = new(WireFormat.Named("chat").Answer());
        Dictionary<string, string> settings = new()
        {
            ["KERNELFORGE_COMPATIBLE__BOX__BASE_ADDRESS"] = server.Address.ToString(),
            ["KERNELFORGE_COMPATIBLE__BOX__API_KEY"] = "k",
            ["KERNELFORGE_COMPATIBLE__BOX__PRICE"] = "10/100/5",
        };
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);

        var model = models.Create(ModelName.Parse("compatible:box/m"));
        var response = await model.Client.GetResponseAsync([new(Microsoft.Extensions.AI.ChatRole.User, "x")], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((1, 100L, 20L, ((60 * 10m) + (40 * 5m) + (20 * 100m)) / 1_000_000), (model.UsageOf(response).Calls, model.UsageOf(response).InputTokens, model.UsageOf(response).OutputTokens, model.UsageOf(response).CostUsd));
    }
}
