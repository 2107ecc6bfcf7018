using Microsoft.Playwright;

namespace KernelForge.Browser;

/// <summary>A run's page that was opened when the run began and looked at until it ended, never reloaded.</summary>
/// <param name="Navigations">How often the browser loaded a document.</param>
/// <param name="Rounds">Different numbers of finished rounds that were seen, in order.</param>
/// <param name="States">Different states that were seen, in order.</param>
/// <param name="KeptOpen">Whether what the reader had opened stayed open while the page changed.</param>
/// <param name="Errors">What the browser's console said of errors.</param>
public sealed record WatchedPage(int Navigations, IReadOnlyList<int> Rounds, IReadOnlyList<string> States, bool KeptOpen, IReadOnlyList<string> Errors)
{
    /// <summary>Opens it and watches until the run has ended.</summary>
    public static async Task<WatchedPage> OpenAsync(IBrowser browser, Uri address, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(browser);
        ArgumentNullException.ThrowIfNull(address);
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        List<string> errors = [];
        var navigations = 0;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);
        page.FrameNavigated += (_, _) => navigations++;
        await page.GotoAsync(address.AbsoluteUri);
        List<int> rounds = [];
        List<string> states = [];
        var deadline = TimeProvider.System.GetUtcNow() + patience;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            // The state first: what it says of the rounds is on the page by then.
            AddNew(states, (await page.Locator("#summary [role=status]").InnerTextAsync()).Trim(' ', '●', '○', '✓', '✕', '⊘', '\n'));
            AddNew(rounds, await page.Locator(".round").CountAsync());
            if (rounds[^1] == 1 && await page.Locator("#code-0").GetAttributeAsync("open") is null)
            {
                await page.Locator("#code-0 summary").ClickAsync();
            }

            if (states[^1] is "succeeded" or "failed" or "cancelled")
            {
                break;
            }

            await Task.Delay(50);
        }

        var open = await page.Locator("#code-0").GetAttributeAsync("open") is not null;
        return new WatchedPage(navigations, rounds, states, open, errors);
    }

    private static void AddNew<T>(List<T> seen, T now)
    {
        if (seen.Count == 0 || !EqualityComparer<T>.Default.Equals(seen[^1], now))
        {
            seen.Add(now);
        }
    }
}
