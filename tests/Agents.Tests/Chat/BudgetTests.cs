using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Chat.Budgets;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>Budgets through whole models: a call of the wire's answer uses 100 tokens and 20, which at 1000/10000 a million cost 0.1 and 0.2 US dollars.</summary>
public sealed class BudgetTests : IDisposable
{
    private const string Price = "1000/10000";

    private static readonly WireFormat Wire = WireFormat.Named("chat");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("KERNELFORGE_BUDGET_RUN_USD", "0.5", 2, "budget_cost", "the budget of this run: 0.6 US dollars are spent; allowed are 0.5")]
    [InlineData("KERNELFORGE_BUDGET_RUN_TOKENS", "300", 3, "budget_tokens", "the budget of this run: 360 tokens are used; allowed are 300")]
    [InlineData("KERNELFORGE_BUDGET_DAY_USD", "0.3", 1, "budget_cost", "the budget of this day (KERNELFORGE_BUDGET_DAY_USD or _TOKENS): 0.3 US dollars are spent; allowed are 0.3")]
    [InlineData("KERNELFORGE_BUDGET_BENCHMARK_TOKENS", "120", 1, "budget_tokens", "the budget of this benchmark")]
    public async Task A_call_is_made_while_every_budget_allows_and_the_one_that_reaches_it_is_finished(string setting, string value, int calls, string reason, string message)
    {
        await using WireServer server = new((_, _) => Wire.Answer());
        using var models = Models(server, TimeProvider.System, (setting, value));
        await using var journal = RunFolder.Open(_folder.Path);
        var model = models.Create(ModelName.Parse(Wire.Model), journal, new RunBudget { Benchmark = "b1" });

        for (var i = 0; i < calls; i++)
        {
            await AskAsync(model, i);
        }

        var exception = await Assert.ThrowsAsync<BudgetException>(() => AskAsync(model, calls));
        Assert.Equal((reason, calls), (exception.Reason, server.Requests.Count));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coder_and_Judge_of_a_run_share_its_budget_and_a_run_that_resumes_has_spent_what_its_journal_holds()
    {
        await using WireServer server = new((_, _) => Wire.Answer());
        RunBudget budget = new() { CostUsd = 0.5m };
        using (var models = Models(server, TimeProvider.System))
        {
            await using var journal = RunFolder.Open(_folder.Path);
            await AskAsync(models.Create(ModelName.Parse("compatible:box/coder"), journal, budget), 0);
            await AskAsync(models.Create(ModelName.Parse("compatible:box/judge"), journal, budget), 1);
            await Assert.ThrowsAsync<BudgetException>(() => AskAsync(models.Create(ModelName.Parse("compatible:box/judge"), journal, budget), 2));
        }

        using var later = Models(server, TimeProvider.System);
        await using var again = RunFolder.Open(_folder.Path);
        var model = later.Create(ModelName.Parse("compatible:box/coder"), again, budget);
        await AskAsync(model, 0);

        await Assert.ThrowsAsync<BudgetException>(() => AskAsync(model, 5));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_day_is_shared_by_processes_and_ends()
    {
        JumpingTime time = new();
        await using WireServer server = new((_, _) => Wire.Answer());
        using var one = Models(server, time, ("KERNELFORGE_BUDGET_DAY_USD", "0.6"));
        using var two = Models(server, time, ("KERNELFORGE_BUDGET_DAY_USD", "0.6"));
        await AskAsync(one.Create(ModelName.Parse(Wire.Model)), 0);
        await AskAsync(two.Create(ModelName.Parse(Wire.Model)), 0);

        await Assert.ThrowsAsync<BudgetException>(() => AskAsync(one.Create(ModelName.Parse(Wire.Model)), 0));
        time.Advance(TimeSpan.FromMinutes(2));
        await AskAsync(one.Create(ModelName.Parse(Wire.Model)), 0);

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Calls_at_once_cannot_all_be_the_last_one()
    {
        await using WireServer server = new((_, _) => Wire.Answer());
        using var models = Models(server, TimeProvider.System, ("KERNELFORGE_BUDGET_DAY_USD", "0.9"));
        var model = models.Create(ModelName.Parse(Wire.Model));

        var tasks = Enumerable.Range(0, 20).Select(_ => AskAsync(model, 0)).ToList();
        await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default)));

        Assert.Equal((3, 17), (server.Requests.Count, tasks.Count(task => task.Exception?.InnerException is BudgetException)));
    }

    [Fact]
    public async Task A_provider_that_does_not_say_what_was_used_is_booked_with_the_most_it_can_have_been()
    {
        await using WireServer server = new((_, _) => Wire.Answer(usage: false));
        using var models = Models(server, TimeProvider.System, ("KERNELFORGE_BUDGET_DAY_USD", "0.5"));
        var model = models.Create(ModelName.Parse(Wire.Model));
        await AskAsync(model, 0);

        Assert.Contains("1 US dollars are spent", (await Assert.ThrowsAsync<BudgetException>(() => AskAsync(model, 0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_money_budget_without_a_price_refuses_to_start_and_a_limit_of_nothing_is_named()
    {
        await using WireServer server = new((_, _) => Wire.Answer());
        using var unknown = Models(server, TimeProvider.System, ("KERNELFORGE_COMPATIBLE__BOX__PRICE", ""), ("KERNELFORGE_BUDGET_DAY_USD", "1"));
        using var nothing = Models(server, TimeProvider.System, ("KERNELFORGE_BUDGET_DAY_USD", "0"));

        Assert.Contains("the price of compatible:box/m is not known; add it to models/prices.json", Assert.Throws<ModelSetupException>(() => unknown.Create(ModelName.Parse(Wire.Model))).Message, StringComparison.Ordinal);
        Assert.Contains("KERNELFORGE_BUDGET_DAY_USD: expected a number from 0.000001", Assert.Throws<ModelSetupException>(() => nothing.Create(ModelName.Parse(Wire.Model))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_writers_of_a_ledger_lose_nothing()
    {
        var folder = Path.Combine(_folder.Path, "ledger");
        using LedgerFolder one = new(folder, TimeProvider.System);
        using LedgerFolder two = new(folder, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two).AddAsync("day:2026-01-01", new ModelUsage { Calls = 1, InputTokens = 10, OutputTokens = 3, CostUsd = 0.25m })));

        Assert.Equal(new ModelUsage { Calls = 40, InputTokens = 400, OutputTokens = 120, CostUsd = 10m }, await one.SpentAsync("day:2026-01-01", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_ledger_that_was_spoilt_says_so()
    {
        using LedgerFolder ledger = new(_folder.Path, TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "day_2026-01-01"), "calls many\n", TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<ModelSetupException>(() => ledger.SpentAsync("day:2026-01-01", TestContext.Current.CancellationToken));

        Assert.Contains("day_2026-01-01 is not what was written there", exception.Message, StringComparison.Ordinal);
    }

    private AgentModels Models(WireServer server, TimeProvider time, params (string Name, string Value)[] more)
    {
        var settings = Wire.Settings(server, "k");
        settings["KERNELFORGE_COMPATIBLE__BOX__PRICE"] = Price;
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return new AgentModels(settings.GetValueOrDefault, "nowhere", time, null, new LedgerFolder(Path.Combine(_folder.Path, "spending"), TimeProvider.System));
    }

    private static Task<ChatResponse> AskAsync(AgentModel model, int round) => model.Client.GetResponseAsync(
        [new(ChatRole.User, "x")], new CallPurpose("activation/relu", "coder", round, "first").Attach(new ChatOptions { MaxOutputTokens = 100 }), TestContext.Current.CancellationToken);
}
