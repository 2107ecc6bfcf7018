namespace KernelForge.Api.Tests.Work;

public sealed class SmokeTests(ServiceFixture fixture)
{
    [Fact]
    public async Task A_service_starts_and_says_that_it_lives()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync()), TestContext.Current.CancellationToken);
        using HttpClient http = new() { BaseAddress = new Uri(service.Addresses[0]) };

        Assert.Equal("live", await http.GetStringAsync("/health/live", TestContext.Current.CancellationToken));
    }
}
