using KernelForge.Cli.Ptx;
using KernelForge.Cli.Tests.Samples;
using Microsoft.Playwright;

namespace KernelForge.Browser;

/// <summary>The page that <c>ptx explain --html</c> writes, opened from disk.</summary>
public sealed class ExplainPageTests(ServiceUnderTest service) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelforge-explain-").FullName;

    [Theory]
    [InlineData(1400, false)]
    [InlineData(1400, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task It_fits_its_width_can_be_read_and_asks_for_nothing_else(int width, bool dark)
    {
        await using var context = await ContextAsync(width, dark);
        var page = await context.NewPageAsync();
        List<string> complaints = [];
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) => complaints.AddRange(request.Url.StartsWith("file:", StringComparison.Ordinal) ? [] : [request.Url]);
        await OpenAsync(page);

        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, "the page scrolls sideways");
        Assert.Empty(await page.EvaluateAsync<string[]>(PageTests.LowContrasts));
        Assert.Equal(0, await page.Locator("thead th:not([scope])").CountAsync());
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Pointing_at_a_source_line_marks_the_PTX_made_from_it()
    {
        await using var context = await ContextAsync(1400, dark: false);
        var page = await context.NewPageAsync();
        await OpenAsync(page);

        await page.Locator(".lines").First.Locator("tr[data-line='3']").HoverAsync();

        Assert.Equal(3, await page.Locator(".lines").Nth(1).Locator("tr.marked").CountAsync());
        Assert.Equal(4, await page.Locator("tr.marked").CountAsync());
    }

    [Fact]
    public async Task The_keyboard_goes_along_crosses_over_and_pins()
    {
        await using var context = await ContextAsync(1400, dark: false);
        var page = await context.NewPageAsync();
        await OpenAsync(page);

        await page.Locator(".lines tr[tabindex='0']").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("4", await page.EvaluateAsync<string>("document.activeElement.dataset.line"));
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal(1, await page.EvaluateAsync<int>("[...document.querySelectorAll('.lines')].indexOf(document.activeElement.closest('.lines'))"));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(2, await page.Locator("tr.pinned").CountAsync());
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal(0, await page.Locator("tr.pinned").CountAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<IBrowserContext> ContextAsync(int width, bool dark)
    {
        ServiceUnderTest.Require();
        return service.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
    }

    private async Task OpenAsync(IPage page)
    {
        var path = Path.Combine(_folder, "explain.html");
        await File.WriteAllTextAsync(path, ExplainPage.Render(Launches.Module, Launches.Broken.Launch!), TestContext.Current.CancellationToken);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
    }
}
