using KernelForge.Agents.Chat;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Chat;

public sealed class PriceTableTests
{
    private const string Good = """{"models":[{"model":"openai:m","input":1,"cached_input":0.1,"output":10,"long_prompt":{"above":1000,"input":2,"output":20},"source":"s","as_of":"2026"}]}""";

    [Fact]
    public void The_table_of_the_repository_can_be_read() =>
        Assert.NotEmpty(PriceTable.Load(Path.Combine(Repository.Root, "models", "prices.json")).Models);

    [Theory]
    [InlineData("openai:m", true)]
    [InlineData("openai:m-20260101", true)]
    [InlineData("openai:m-2026-01-01", true)]
    [InlineData("openai:m-2", false)]
    [InlineData("compatible:x/m", false)]
    public void A_dated_version_costs_what_its_model_costs_and_others_are_unknown(string model, bool known) =>
        Assert.Equal(known, PriceTable.Parse("p", Good).Find(ModelName.Parse(model)) is not null);

    [Theory]
    [InlineData(1000, 0, 0.001)]
    [InlineData(1000, 1000, 0.0001)]
    [InlineData(1001, 0, 0.002002)]
    public void A_call_costs_by_what_was_cached_and_how_long_its_prompt_was(long input, long cached, double expected) =>
        Assert.Equal((decimal)expected, PriceTable.Parse("p", Good).Find(ModelName.Parse("openai:m"))!.CostOf(new ModelUsage { InputTokens = input, CachedInputTokens = cached }));

    [Theory]
    [InlineData("""{"models":[{"model":"openai:m","input":1,"source":"s","as_of":"2026"}]}""", "output")]
    [InlineData("""{"models":[{"model":"openai:m","input":-1,"output":1,"source":"s","as_of":"2026"}]}""", "p: models[0] (openai:m): input: expected US dollars for a million tokens, 0 to 100000, found -1")]
    [InlineData("""{"models":[{"model":"m","input":1,"output":1,"source":"s","as_of":"2026"}]}""", "expected a provider and a model")]
    [InlineData("""{"models":[{"model":"openai:m","input":1,"outptu":1,"source":"s","as_of":"2026"}]}""", "outptu")]
    [InlineData("""{"models":[{"model":"openai:m","input":1,"output":1,"source":"s","as_of":"2026"},{"model":"openai:m","input":1,"output":1,"source":"s","as_of":"2026"}]}""", "models[1] (openai:m): the model is there twice")]
    [InlineData("{\n\"models\": [\n oops", "p:3: ")]
    [InlineData("null", "found null")]
    public void A_wrong_table_says_where_and_what(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelSetupException>(() => PriceTable.Parse("p", json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_table_that_is_not_there_is_named() =>
        Assert.Contains("nowhere/prices.json cannot be read", Assert.Throws<ModelSetupException>(() => PriceTable.Load("nowhere/prices.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_price_setting_wins_over_the_table()
    {
        Dictionary<string, string> settings = new() { ["OPENAI_API_KEY"] = "k", ["KERNELFORGE_OPENAI__PRICE"] = "3/4" };
        using AgentModels with = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System, PriceTable.Parse("p", Good));
        using AgentModels without = new(name => name == "OPENAI_API_KEY" ? "k" : null, "nowhere", TimeProvider.System, PriceTable.Parse("p", Good));

        Assert.Equal(new ModelPrice(3, 4), with.Create(ModelName.Parse("openai:m")).Price);
        Assert.Equal(10, without.Create(ModelName.Parse("openai:m")).Price?.OutputUsd);
    }
}
