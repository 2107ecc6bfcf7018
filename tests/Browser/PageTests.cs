using Microsoft.Playwright;

namespace KernelForge.Browser;

public sealed class PageTests(ServiceUnderTest service)
{
    private static readonly string[] Names =
    [
        "home", "leaderboard", "tasks", "task", "run", "solution", "failed-solution", "submission", "datasets", "schedules", "workers",
        "findings-submission", "findings-solution", "hostile-submission", "hostile-solution", "odd-task", "failed-run", "cancelled-run", "queued-run",
    ];

    /// <summary>Pairs of text and background whose contrast is below 4.5, by the formula of WCAG 2.</summary>
    internal const string LowContrasts =
        """
        () => {
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
          const low = new Set();
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const e = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !e.checkVisibility() || e.closest("title")) continue;
            const style = getComputedStyle(e);
            const [a, b] = [light(rgb(e.closest("svg") ? style.fill : style.color)), light(behind(e))];
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) low.add(`${contrast.toFixed(2)} ${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""}: ${texts.currentNode.data.trim().slice(0, 30)}`);
          }
          return [...low];
        }
        """;

    public static TheoryData<string, int, bool> EveryLook =>
        [.. from name in Names from width in (int[])[390, 1280] from dark in (bool[])[false, true] select (name, width, dark)];

    [Theory]
    [MemberData(nameof(EveryLook))]
    public async Task A_page_fits_its_width_can_be_read_and_has_nothing_to_complain_of(string name, int width, bool dark)
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, name, service.Pages[name], width, dark);

        Assert.Equal(200, look.Status);
        Assert.Empty(look.Complaints);
        Assert.True(await look.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, "the page scrolls sideways");
        Assert.Empty(await look.Page.EvaluateAsync<string[]>(LowContrasts));
        Assert.Equal(1, await look.Page.Locator("h1").CountAsync());
        Assert.Equal(0, await look.Page.Locator("thead th:not([scope])").CountAsync());
    }

    [Theory]
    [InlineData("hostile-submission")]
    [InlineData("hostile-solution")]
    [InlineData("odd-task")]
    [InlineData("failed-run")]
    [InlineData("datasets")]
    [InlineData("schedules")]
    [InlineData("tasks")]
    [InlineData("home")]
    public async Task Markup_in_names_code_and_messages_is_shown_as_text(string name)
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "markup-" + name, service.Pages[name]);

        Assert.Equal(0, await look.Page.Locator("main script, main img, main b").CountAsync());
        Assert.DoesNotContain("broken", await look.Page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_solution_shows_its_hostile_comment_letter_by_letter()
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "hostile", service.Pages["hostile-solution"]);

        Assert.Contains(HostileRows.Script, await look.Page.Locator(".code").First.InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_whole_without_script()
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "without-script", service.Pages["run"], script: false);

        await Assertions.Expect(look.Page.Locator(".chart.wide circle").First).ToBeVisibleAsync();
        await Assertions.Expect(look.Page.Locator(".round")).ToHaveCountAsync(4);
    }

    [Fact]
    public void A_run_that_goes_on_changes_before_its_readers_eyes_without_a_reload()
    {
        ServiceUnderTest.Require();

        Assert.Empty(service.Watched.Errors);
        Assert.Equal(1, service.Watched.Navigations);
        Assert.Equal("succeeded", service.Watched.States[^1]);
        Assert.Contains("running", service.Watched.States);
        Assert.Equal(4, service.Watched.Rounds[^1]);
        Assert.True(service.Watched.Rounds.Count >= 4, $"seen: {string.Join(", ", service.Watched.Rounds)}");
    }

    [Fact]
    public void What_a_reader_opened_stays_open_while_the_run_goes_on()
    {
        ServiceUnderTest.Require();

        Assert.True(service.Watched.KeptOpen);
    }

    [Fact]
    public async Task A_run_shows_verdicts_advice_changes_chart_and_marks_what_was_replayed()
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "run-contents", service.Pages["run"]);

        await Assertions.Expect(look.Page.Locator("#summary .mark").First).ToHaveTextAsync("replay");
        await Assertions.Expect(look.Page.Locator("#round-0")).ToContainTextAsync("compile error");
        await Assertions.Expect(look.Page.Locator("#round-1 .advice")).ToContainTextAsync("Line 10: THREADS is used but never declared");
        await Assertions.Expect(look.Page.Locator("#round-1 tr.added").First).ToBeVisibleAsync();
        await Assertions.Expect(look.Page.Locator("#round-1 tr.removed").First).ToBeVisibleAsync();
        await Assertions.Expect(look.Page.Locator(".chart.wide .light-text")).ToContainTextAsync("speed of light");
        await Assertions.Expect(look.Page.Locator(".chart.wide figcaption")).ToContainTextAsync("modelled");
    }

    [Fact]
    public async Task A_solution_shows_counters_at_its_lines_kernels_and_metrics()
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "solution-contents", service.Pages["solution"]);

        await Assertions.Expect(look.Page.Locator(".code .heat-4").First).ToBeVisibleAsync();
        await Assertions.Expect(look.Page.Locator(".code thead")).ToContainTextAsync("Sectors / req.");
        await Assertions.Expect(look.Page.Locator("main")).ToContainTextAsync("Registers / thread");
        await Assertions.Expect(look.Page.Locator(".metrics")).ToContainTextAsync("dram__bytes.sum");
        await Assertions.Expect(look.Page.GetByText("raw code")).ToHaveAttributeAsync("href", "/api/v1" + service.Pages["solution"] + "/code");
    }

    [Theory]
    [InlineData("findings-solution", "out of bounds")]
    [InlineData("failed-solution", "identifier \"THREADS\" is undefined")]
    public async Task What_was_found_stands_below_its_line(string name, string what)
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "found-" + name, service.Pages[name]);

        await Assertions.Expect(look.Page.Locator(".code tr.found + tr.note").First).ToContainTextAsync(what);
    }

    [Fact]
    public async Task The_leaderboard_names_its_baseline_and_flags_a_regression()
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "leaderboard-contents", service.Pages["leaderboard"]);

        await Assertions.Expect(look.Page.Locator(".board thead").First).ToContainTextAsync("torch eager, modelled");
        await Assertions.Expect(look.Page.Locator(".board .mark").First).ToHaveTextAsync("replay");
        await Assertions.Expect(look.Page.Locator(".board .flag").First).ToContainTextAsync("slower");
    }

    [Fact]
    public async Task Filters_of_the_leaderboard_are_a_form_that_works()
    {
        ServiceUnderTest.Require();
        await using var look = await Look.AtAsync(service, "filters", service.Pages["leaderboard"]);

        await look.Page.GetByLabel("Category").SelectOptionAsync("loss");
        await look.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show" }).ClickAsync();

        await Assertions.Expect(look.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("category=loss", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(look.Page.Locator("main")).ToContainTextAsync("Nothing matches these filters");
        await Assertions.Expect(look.Page.GetByLabel("Category")).ToHaveValueAsync("loss");
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_first()
    {
        ServiceUnderTest.Require();
        await using var look = await Look.AtAsync(service, "keyboard", "/");

        await look.Page.Keyboard.PressAsync("Tab");

        await Assertions.Expect(look.Page.Locator(".skip")).ToBeFocusedAsync();
        await Assertions.Expect(look.Page.Locator(".skip")).ToBeInViewportAsync();
    }

    [Theory]
    [InlineData("/no/such/page")]
    [InlineData("/runs/00000000-0000-0000-0000-000000000000")]
    [InlineData("/runs/no-number")]
    [InlineData("/solutions/abc")]
    [InlineData("/tasks/no/such")]
    public async Task What_is_not_there_says_so_and_what_to_do(string address)
    {
        ServiceUnderTest.Require();

        await using var look = await Look.AtAsync(service, "not-found", address);

        Assert.Equal(404, look.Status);
        await Assertions.Expect(look.Page.Locator("h1")).ToHaveTextAsync("Not found");
        await Assertions.Expect(look.Page.Locator("main .button").First).ToBeVisibleAsync();
    }
}
