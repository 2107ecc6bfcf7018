using System.Diagnostics;

namespace KernelForge.EndToEnd.Launcher;

/// <summary>The launcher as users start it. A private data folder and a pretended toolbox: nothing is installed here.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("kernelforge-launcher-tests-");

    [Fact]
    public void An_unknown_verb_exits_64_and_names_the_verbs()
    {
        var (code, output, error) = Launch("nonsense");

        Assert.Equal(64, code);
        Assert.Empty(output);
        Assert.Contains("eval", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mcp")]
    [InlineData("pack", "gpu")]
    public void A_verb_of_a_later_version_exits_64_and_says_so(params string[] arguments)
    {
        var (code, _, error) = Launch(arguments);

        Assert.Equal(64, code);
        Assert.Contains("not part of this version yet", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("submit", "activation/gelu", "prompts/examples/activation/gelu.good.cu")]
    [InlineData("watch", "00000000-0000-0000-0000-000000000001")]
    [InlineData("cancel", "00000000-0000-0000-0000-000000000001")]
    public void Without_a_service_a_verb_that_needs_one_exits_69_and_says_how_to_start_it(params string[] arguments)
    {
        var (code, _, error) = Launch([("KERNELFORGE_SERVICE", null)], arguments);

        Assert.Equal(69, code);
        Assert.Contains("./kernelforge serve", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_option_of_setup_exits_64_before_anything_is_done()
    {
        var (code, _, error) = Launch("setup", "--everything");

        Assert.Equal(64, code);
        Assert.Contains("--everything", error, StringComparison.Ordinal);
        Assert.Empty(_home.EnumerateFileSystemInfos());
    }

    [Fact]
    public void Without_the_SDK_it_exits_69_and_says_how_to_get_it()
    {
        // A PATH with everything but dotnet, and no dotnet in the usual places: the launcher's own look-up is asked alone.
        var (code, _, error) = Repository.Run(
            "bash",
            ["-c", "set -euo pipefail; source setup/say.sh; source setup/host.sh; type() { return 1; }; DOTNET_ROOT= HOME=/nowhere; no_sdk 'There is none.'"]);

        Assert.Equal(69, code);
        Assert.Contains(".NET 10 SDK is missing", error, StringComparison.Ordinal);
        Assert.Contains("dotnet-install.sh", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_toolbox_that_is_none_exits_69_and_names_the_setting()
    {
        var (code, _, error) = Launch([("KERNELFORGE_TOOLBOX", "/nowhere")], "eval", "activation/gelu", "-");

        Assert.Equal(69, code);
        Assert.Contains("KERNELFORGE_TOOLBOX=/nowhere", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_with_everything_in_place_builds_nothing_and_is_quick()
    {
        Launch("tasks", "list");

        var watch = Stopwatch.StartNew();
        var (code, output, error) = Launch("tasks", "list", "--json");

        Assert.Equal(0, code);
        Assert.StartsWith("[", output, StringComparison.Ordinal);
        Assert.Empty(error);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 3000);
    }

    [Fact]
    public void It_starts_through_a_symbolic_link_and_from_another_folder()
    {
        var link = Path.Combine(_home.FullName, "kf");
        File.CreateSymbolicLink(link, Path.Combine(Repository.Root, "kernelforge"));

        var (code, _, _) = Repository.Run("bash", ["-c", $"cd / && '{link}' tasks list"], ("KERNELFORGE_HOME", _home.FullName));

        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("a part of another list", false)]
    [InlineData(null, true)]
    public void A_part_counts_only_when_it_was_made_from_the_list_as_it_is_now(string? stamp, bool ready)
    {
        var write = stamp is null ? """part_lines eval; printf '%s\n' "$REPLY" >"$stamp" """ : $"printf '%s\\n' '{stamp}' >\"$stamp\"";

        var (code, _, _) = Toolbox($"""mkdir -p "$KF_TOOLBOX/.kernelforge"; stamp=$KF_TOOLBOX/.kernelforge/eval; {write}; part_ready eval""");

        Assert.Equal(ready, code == 0);
    }

    [Fact]
    public void What_an_interrupted_setup_left_is_swept_its_downloads_are_kept_and_a_root_in_use_stays()
    {
        var (code, output, error) = Toolbox("""
            mkdir -p "$KF_TOOLBOXES"/{now,used,unused}/.kernelforge "$KF_TOOLBOXES/half.part/var/cache/apt/archives"
            touch "$KF_TOOLBOXES"/{now,used,unused}/.kernelforge/in-use "$KF_TOOLBOXES/half.part/var/cache/apt/archives/a.deb"
            ln -s toolboxes/now "$KF_TOOLBOX"
            exec 9<"$KF_TOOLBOXES/used/.kernelforge/in-use"; flock -s 9
            sweep
            cd "$KF_TOOLBOXES"; find . -mindepth 1 -maxdepth 1 | sort; find downloads -type f
            """);

        Assert.True(code == 0, error);
        Assert.Equal("./downloads\n./now\n./used\ndownloads/a.deb\n", output);
    }

    [Fact]
    public void A_part_leaves_those_before_it_as_they_are_and_makes_no_file_of_theirs_anew()
    {
        var (code, output, error) = Toolbox("""
            need_space() { :; }; watched() { shift 2; "$@"; }; bwrap() { :; }
            mkdir -p "$KF_TOOLBOXES/old/.kernelforge"
            touch "$KF_TOOLBOXES/old/.kernelforge/in-use" "$KF_TOOLBOXES/old/shared"
            for part in eval headers; do part_lines "$part"; printf '%s\n' "$REPLY" >"$KF_TOOLBOXES/old/.kernelforge/$part"; done
            ln -s toolboxes/old "$KF_TOOLBOX"
            make_database
            part_ready eval; part_ready headers; part_ready database
            stat -c %h "$KF_TOOLBOX/shared" "$KF_TOOLBOX/.kernelforge/in-use"
            """);

        Assert.True(code == 0, error);
        Assert.Equal("2\n1\n", output);
    }

    [Fact]
    public void A_browser_that_is_none_exits_69_and_names_the_setting()
    {
        var (code, _, error) = Toolbox("KERNELFORGE_BROWSER=/nowhere/chromium; need_browser");

        Assert.Equal(69, code);
        Assert.Contains("KERNELFORGE_BROWSER=/nowhere/chromium", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_little_room_exits_69_and_says_how_much_is_needed()
    {
        var (code, _, error) = Toolbox("""mkdir -p "$KF_TOOLBOXES"; need_space 999999999""");

        Assert.Equal(69, code);
        Assert.Contains("999999999 MB needed", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("E: Failed to fetch … Could not resolve 'mirror'", "cannot be reached")]
    [InlineData("tar: ./usr/lib/x: Cannot write: No space left on device", "the disk is full")]
    [InlineData("E: something else", "the whole log")]
    public void A_failed_part_says_why(string log, string says)
    {
        var (code, _, error) = Toolbox($"KF_LOG=$KERNELFORGE_HOME/log; printf '%s\\n' \"{log}\" >\"$KF_LOG\"; fail_part eval");

        Assert.Equal(69, code);
        Assert.Contains(says, error, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => _home.Delete(recursive: true);

    private (int Code, string Output, string Error) Launch(params string[] arguments) => Launch([], arguments);

    private (int Code, string Output, string Error) Launch((string Name, string? Value)[] environment, params string[] arguments) =>
        Repository.Run(Path.Combine(Repository.Root, "kernelforge"), arguments, [("KERNELFORGE_HOME", _home.FullName), ("KERNELFORGE_TOOLBOX", null), .. environment]);

    /// <summary>Runs bash with the launcher's functions and a data folder of its own.</summary>
    private (int Code, string Output, string Error) Toolbox(string script) =>
        Repository.Run(
            "bash",
            ["-c", $"set -euo pipefail; KF_ROOT=$PWD; source setup/say.sh; source setup/host.sh; source setup/toolbox.sh\n{script}"],
            ("KERNELFORGE_HOME", _home.FullName),
            ("KERNELFORGE_TOOLBOX", null));
}
