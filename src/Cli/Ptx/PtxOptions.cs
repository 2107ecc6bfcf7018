using System.CommandLine;
using System.CommandLine.Parsing;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary>The options of <c>ptx compile|run|explain</c>, and the request that they make.</summary>
internal sealed class PtxOptions
{
    private readonly Argument<string> _file;
    private readonly Option<string?> _kernel = new("--kernel") { Description = "The kernel: a name, or a C++ name with its template arguments; default: the file's only one", HelpName = "NAME" };
    private readonly Option<string> _gpu = new("--gpu") { Description = "A GPU profile: H200, A100, T4, …", HelpName = "G", DefaultValueFactory = _ => "H200" };
    private readonly Option<string[]> _defines = new("--define", "-D") { Description = "A macro for the compiler; may be repeated", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> _options = new("--option") { Description = "An option for the compiler, as in --option=--use_fast_math; may be repeated", HelpName = "O", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _grid = new("--grid") { Description = "Blocks: 64 or 64,2,1", HelpName = "X,Y,Z", Required = true };
    private readonly Option<string?> _block = new("--block") { Description = "Threads of a block: 256 or 16,16,1", HelpName = "X,Y,Z", Required = true };
    private readonly Option<string?> _cluster = new("--cluster") { Description = "Blocks of a thread-block cluster: 2 or 2,2,1; default: what the kernel asks for", HelpName = "X,Y,Z" };
    private readonly Option<int> _shared = new("--shared") { Description = "Dynamic shared memory, bytes", HelpName = "N" };
    private readonly Option<string[]> _arguments = new("--arg") { Description = "An argument, as above; one for each parameter, in order", HelpName = "A", DefaultValueFactory = _ => [] };
    private readonly Option<long?> _elements = new("--elements") { Description = "Without --arg: a random buffer of N elements for each pointer, N for each integer, 1 for each float", HelpName = "N" };
    private readonly Option<int?> _registers = new("--registers") { Description = "Registers a thread, for occupancy; default: the cubin's, or an estimate where the file is PTX", HelpName = "N" };
    private readonly Option<bool> _cooperative = new("--cooperative") { Description = "A cooperative launch" };
    private readonly Option<long> _budget = new("--budget") { Description = "Lane instructions after which the launch is stopped", HelpName = "N", DefaultValueFactory = _ => 4_000_000_000 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of random contents", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _unsafeNoSandbox = new("--unsafe-no-sandbox") { Description = "Compile and run without a sandbox" };

    /// <summary>Makes the options.</summary>
    /// <param name="file">What the file may be.</param>
    public PtxOptions(string file)
    {
        _file = new Argument<string>("FILE") { Description = file };
        _grid.Validators.Add(result => Valid(result, "--grid", text => ArgumentSyntax.ParseSize(text)));
        _block.Validators.Add(result => Valid(result, "--block", text => ArgumentSyntax.ParseSize(text)));
        _cluster.Validators.Add(result => Valid(result, "--cluster", text => ArgumentSyntax.ParseSize(text)));
        _arguments.Validators.Add(result => Valid(result, "--arg", text => ArgumentSyntax.Parse(text)));
        _defines.Validators.Add(result => Valid(result, "--define", Define));
        _options.Validators.Add(result => Valid(result, "--option", CheckOption));
        _shared.Validators.Add(result => OptionChecks.InRange(result, "--shared", 0, 1 << 20));
        _registers.Validators.Add(result => OptionChecks.InRange(result, "--registers", 1, 255));
        _elements.Validators.Add(result => Valid(result, "--elements", text => AtLeastOne(text)));
        _budget.Validators.Add(result => Valid(result, "--budget", text => AtLeastOne(text)));
    }

    /// <summary>A command with the options of a compilation.</summary>
    public Command Compiling(Command command)
    {
        command.Add(_file);
        foreach (var option in (Option[])[_kernel, _gpu, _defines, _options, _unsafeNoSandbox])
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>A command with those of a launch too.</summary>
    public Command Launching(Command command)
    {
        Compiling(command);
        foreach (var option in (Option[])[_grid, _block, _cluster, _shared, _arguments, _elements, _registers, _cooperative, _budget, _seed])
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>The request to compile.</summary>
    /// <exception cref="CliException">The file is not there, or of another kind.</exception>
    public PtxRequest Request(ParseResult result, Surroundings surroundings)
    {
        var file = result.GetRequiredValue(_file);
        if (!File.Exists(file))
        {
            throw new CliException(ExitCodes.BadInput, $"there is no file {file}");
        }

        if (Path.GetExtension(file).ToLowerInvariant() is not (".cu" or ".ptx"))
        {
            throw new CliException(ExitCodes.BadInput, $"{file}: expected a .cu or a .ptx file");
        }

        return new PtxRequest
        {
            Path = Path.GetFullPath(file),
            Kernel = result.GetValue(_kernel),
            Device = result.GetRequiredValue(_gpu),
            Defines = [.. result.GetRequiredValue(_defines).Select(Define)],
            Options = [.. result.GetRequiredValue(_options)],
            UnsafeNoSandbox = result.GetValue(_unsafeNoSandbox),
            Home = surroundings.Home,
            Toolbox = surroundings.Toolbox,
        };
    }

    /// <summary>The request to launch.</summary>
    /// <exception cref="CliException">The file is not there, or arguments are missing.</exception>
    public PtxRequest Request(ParseResult result, Surroundings surroundings, bool keepOutputs)
    {
        var arguments = result.GetRequiredValue(_arguments);
        if (arguments.Length > 0 && result.GetValue(_elements) is not null)
        {
            throw new CliException(ExitCodes.Usage, "--elements makes arguments up where none are given; found --arg too: leave one of them out");
        }

        return Request(result, surroundings) with
        {
            Launch = new PtxLaunch
            {
                Grid = ArgumentSyntax.ParseSize(result.GetRequiredValue(_grid)!),
                Block = ArgumentSyntax.ParseSize(result.GetRequiredValue(_block)!),
                Cluster = result.GetValue(_cluster) is { } cluster ? ArgumentSyntax.ParseSize(cluster) : null,
                SharedBytes = result.GetValue(_shared),
                Arguments = [.. arguments.Select(ArgumentSyntax.Parse)],
                Elements = result.GetValue(_elements),
                Registers = result.GetValue(_registers),
                Cooperative = result.GetValue(_cooperative),
                InstructionBudget = result.GetValue(_budget),
                Seed = result.GetValue(_seed),
                KeepOutputs = keepOutputs,
            },
        };
    }

    private static void Valid<T>(OptionResult result, string name, Func<string, T> read)
    {
        foreach (var token in result.Tokens)
        {
            try
            {
                read(token.Value);
            }
            catch (FormatException error)
            {
                result.AddError($"{name} '{token.Value}': {error.Message}");
            }
        }
    }

    private static KeyValuePair<string, string> Define(string text) => text.Split('=', 2) switch
    {
        [{ Length: > 0 } name, var value] => new(name, value),
        [{ Length: > 0 } name] => new(name, "1"),
        _ => throw new FormatException("expected NAME=VALUE"),
    };

    private static string CheckOption(string text) => PlanReference.Options.Any(option => option.Name == text.Split('=')[0])
        ? text
        : throw new FormatException($"expected an option of the list: {string.Join(", ", PlanReference.Options.Select(option => option.Values is null ? option.Name : option.Name + "=…"))}");

    private static long AtLeastOne(string text) => long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && number < 1
        ? throw new FormatException("expected at least 1")
        : number;
}
