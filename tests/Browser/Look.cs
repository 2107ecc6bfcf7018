using Microsoft.Playwright;

namespace KernelForge.Browser;

/// <summary>One page in one width and colour scheme, with what the browser had to say.</summary>
internal sealed class Look : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private Look(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Errors of the console and of scripts, and requests to other places.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>The answer's status.</summary>
    public int Status { get; private set; }

    /// <summary>Opens a page; writes a screenshot where <c>KERNELFORGE_SCREENSHOTS</c> names a folder.</summary>
    public static async Task<Look> AtAsync(ServiceUnderTest service, string name, string address, int width = 1280, bool dark = false, bool script = true)
    {
        var context = await service.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 800 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = script,
        });
        Look look = new(context, await context.NewPageAsync());
        look.Page.Console += (_, message) => look.Note(message.Type == "error", message.Text);
        look.Page.PageError += (_, error) => look.Note(true, error);
        look.Page.Request += (_, request) => look.Note(!request.Url.StartsWith(service.Address.AbsoluteUri, StringComparison.Ordinal), $"request to {request.Url}");
        look.Status = (await look.Page.GotoAsync(new Uri(service.Address, address).AbsoluteUri))!.Status;
        if (Environment.GetEnvironmentVariable("KERNELFORGE_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var path = Path.Combine(folder, $"{name}-{width}-{(dark ? "dark" : "light")}.png");
            await look.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
        }

        return look;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool bad, string complaint)
    {
        if (bad)
        {
            _complaints.Add(complaint);
        }
    }
}
