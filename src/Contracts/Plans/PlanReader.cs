using System.Globalization;
using System.Text.Json;

namespace KernelForge.Contracts.Plans;

/// <summary>Reads a launch plan: strict JSON, unknown and duplicate members are errors, every error has its place and position.</summary>
public sealed class PlanReader
{
    private static readonly string[] Swizzles = ["none", "32b", "64b", "128b"];
    private static readonly string[] Interleaves = ["none", "16b", "32b"];
    private static readonly string[] Promotions = ["none", "64b", "128b", "256b"];
    private static readonly string[] Fills = ["zero", "nan"];

    private int _launchesWritten;

    private PlanReader()
    {
    }

    /// <summary>Reads the plan of a solution file.</summary>
    /// <exception cref="PlanException">It is not a plan.</exception>
    public static LaunchPlan Read(SolutionFile file) => new PlanReader().ReadPlan(PlanNode.Parse(file));

    /// <summary>Reads a plan from its JSON alone.</summary>
    public static LaunchPlan ReadJson(string json) => Read(SolutionFile.Read("/*launch-plan\n" + json + "\n*/\n"));

    private LaunchPlan ReadPlan(PlanNode root)
    {
        if (root.Kind != JsonTokenType.StartObject)
        {
            throw root.Error($"a plan is a JSON object; found {root.Describe()}");
        }

        Dictionary<string, PlanNode> parts = MembersOf(root, "plan");
        return new LaunchPlan
        {
            Buffers = Named(parts, "buffers", ReadBuffer),
            Tunables = ReadTunables(parts),
            Defines = Named(parts, "defines", (name, value) => new PlanDefine(Identifier(name), Expression(value))),
            Options = ReadOptions(parts),
            TensorMaps = Named(parts, "tensor_maps", ReadTensorMap),
            Prepare = parts.TryGetValue("prepare", out PlanNode? prepare) ? ReadSteps(prepare, 0) : [],
            Launches = ReadSteps(parts["launches"], 0),
        };
    }

    private static IReadOnlyList<PlanTunable> ReadTunables(Dictionary<string, PlanNode> parts)
    {
        IReadOnlyList<PlanTunable> tunables = Named(parts, "tunables", ReadTunable);
        long combinations = 1;
        foreach (PlanTunable tunable in tunables)
        {
            combinations *= tunable.Values.Count;
            if (combinations > PlanReference.MaxTunableCombinations)
            {
                throw parts["tunables"].Error(
                    $"{string.Join(" × ", tunables.Select(t => t.Values.Count))} combinations; at most {PlanReference.MaxTunableCombinations} are tried: leave out values");
            }
        }

        return tunables;
    }

    private static PlanTunable ReadTunable(PlanNode name, PlanNode value)
    {
        if (value.Kind != JsonTokenType.StartArray || value.Items.Count == 0)
        {
            throw value.Error($"expected the candidate values, at least one, as in [128, 256]; found {value.Describe()}");
        }

        var values = new List<long>();
        foreach (PlanNode item in value.Items)
        {
            if (item.Kind != JsonTokenType.Number || !long.TryParse(item.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long candidate))
            {
                throw item.Error($"expected an integer; found {item.Describe()}: candidates are plain integers");
            }

            if (values.Contains(candidate))
            {
                throw item.Error($"{candidate} is given twice; keep one");
            }

            values.Add(candidate);
        }

        return new PlanTunable(Identifier(name), values);
    }

    private static List<string> ReadOptions(Dictionary<string, PlanNode> parts)
    {
        var options = new List<string>();
        if (parts.TryGetValue("options", out PlanNode? node))
        {
            foreach (PlanNode item in Items(node, "compiler options", 0, 16))
            {
                string option = PlanOptions.Check(item);
                if (options.Exists(o => PlanOptions.NameOf(o) == PlanOptions.NameOf(option)))
                {
                    throw item.Error($"'{PlanOptions.NameOf(option)}' is given twice; keep one");
                }

                options.Add(option);
            }
        }

        return options;
    }

    private static PlanBuffer ReadBuffer(PlanNode name, PlanNode value)
    {
        Dictionary<string, PlanNode> parts = MembersOf(value, "buffer", required: false);
        bool declares = parts.ContainsKey("dtype") || parts.ContainsKey("shape");
        if (!declares && !parts.ContainsKey("fill"))
        {
            throw value.Error("expected \"dtype\" and \"shape\" (a scratch tensor) or \"fill\" alone (for an output)");
        }

        if (declares && !(parts.ContainsKey("dtype") && parts.ContainsKey("shape")))
        {
            throw value.Error($"\"{(parts.ContainsKey("dtype") ? "shape" : "dtype")}\" is missing; a scratch tensor has both \"dtype\" and \"shape\"");
        }

        return new PlanBuffer
        {
            Name = Identifier(name),
            Dtype = parts.TryGetValue("dtype", out PlanNode? dtype) ? Choice(dtype, [.. PlanReference.Dtypes.Select(d => d.Name)]) : null,
            Shape = parts.TryGetValue("shape", out PlanNode? shape) ? Expressions(shape, "dimensions", 0, PlanReference.MaxDimensions) : null,
            Fill = parts.TryGetValue("fill", out PlanNode? fill) ? Expression(fill) : null,
            Persistent = Flag(parts, "persistent"),
        };
    }

    private static PlanTensorMap ReadTensorMap(PlanNode name, PlanNode value)
    {
        Dictionary<string, PlanNode> parts = MembersOf(value, "tensor map");
        return new PlanTensorMap
        {
            Name = Identifier(name),
            Tensor = Expression(parts["tensor"]),
            Shape = parts.TryGetValue("shape", out PlanNode? shape) ? Expressions(shape, "dimensions", 1, 5) : null,
            Box = Expressions(parts["box"], "dimensions", 1, 5),
            ElementStrides = parts.TryGetValue("element_strides", out PlanNode? strides) ? Expressions(strides, "strides", 1, 5) : null,
            Swizzle = Choice(parts, "swizzle", Swizzles),
            Interleave = Choice(parts, "interleave", Interleaves),
            L2Promotion = Choice(parts, "l2_promotion", Promotions),
            OobFill = Choice(parts, "oob_fill", Fills),
        };
    }

    private List<PlanStep> ReadSteps(PlanNode node, int depth)
    {
        if (node.Kind != JsonTokenType.StartArray || node.Items.Count == 0)
        {
            throw node.Error($"expected an array of steps, at least one; found {node.Describe()}");
        }

        if (depth > PlanReference.MaxRepeatDepth)
        {
            throw node.Error($"repeats nest deeper than {PlanReference.MaxRepeatDepth}; flatten them (an index can be taken apart with // and %)");
        }

        return [.. node.Items.Select(item => ReadStep(item, depth))];
    }

    private PlanStep ReadStep(PlanNode node, int depth)
    {
        if (node.Kind != JsonTokenType.StartObject)
        {
            throw node.Error($"a step is an object with \"kernel\", \"repeat\" or \"library\"; found {node.Describe()}");
        }

        string[] kinds = [.. node.Members.Select(m => m.Name.Text).Where(n => n is "kernel" or "repeat" or "library")];
        return kinds switch
        {
            ["kernel"] => ReadLaunch(node),
            ["repeat"] => ReadRepeat(node, depth),
            ["library"] => ReadLibrary(node),
            [] => throw node.Error($"a step has \"kernel\" (a launch), \"repeat\" or \"library\"; found {(node.Members.Count == 0 ? "nothing" : string.Join(", ", node.Members.Select(m => m.Name.Text)))}"),
            _ => throw node.Error($"a step is one of \"kernel\", \"repeat\" and \"library\"; found {string.Join(" and ", kinds)}: make separate steps"),
        };
    }

    private PlanLaunch ReadLaunch(PlanNode node)
    {
        Dictionary<string, PlanNode> parts = MembersOf(node, "launch");
        CountLaunch(node);
        return new PlanLaunch
        {
            At = node.ToExpression(),
            When = Optional(parts, "when"),
            Kernel = KernelName.Check(parts["kernel"]),
            Grid = Expressions(parts["grid"], "dimensions", 1, 3),
            Block = Expressions(parts["block"], "dimensions", 1, 3),
            SharedBytes = Optional(parts, "shared_bytes"),
            Args = parts.TryGetValue("args", out PlanNode? args) ? Expressions(args, "arguments", 0, PlanReference.MaxArguments) : [],
            Cooperative = Flag(parts, "cooperative"),
            Cluster = parts.TryGetValue("cluster", out PlanNode? cluster) ? Expressions(cluster, "dimensions", 1, 3) : null,
        };
    }

    private PlanRepeat ReadRepeat(PlanNode node, int depth)
    {
        Dictionary<string, PlanNode> parts = MembersOf(node, "repeat");
        PlanNode repeat = parts["repeat"];
        Dictionary<string, PlanNode> head = MembersOf(repeat, ["index", "count"], ["index", "count"], "repeat");
        PlanNode index = head["index"];
        if (index.Kind != JsonTokenType.String)
        {
            throw index.Error($"expected a name, as in \"t\"; found {index.Describe()}");
        }

        return new PlanRepeat
        {
            At = node.ToExpression(),
            When = Optional(parts, "when"),
            Index = Identifier(index),
            Count = Expression(head["count"]),
            Launches = ReadSteps(parts["launches"], depth + 1),
        };
    }

    private PlanLibraryStep ReadLibrary(PlanNode node)
    {
        CountLaunch(node);
        var parameters = new Dictionary<string, IReadOnlyList<PlanExpression>>();
        string library = "";
        PlanExpression? when = null;
        foreach ((PlanNode name, PlanNode value) in node.Members)
        {
            if (name.Text == "library")
            {
                library = Choice(value, PlanReference.Libraries);
            }
            else if (name.Text == "when")
            {
                when = Expression(value);
            }
            else
            {
                parameters[name.Text] = value.Kind == JsonTokenType.StartArray ? Expressions(value, "values", 0, 16) : [Expression(value)];
            }
        }

        return new PlanLibraryStep { At = node.ToExpression(), When = when, Library = library, Parameters = parameters };
    }

    private void CountLaunch(PlanNode node)
    {
        if (++_launchesWritten > PlanReference.MaxLaunchesWritten)
        {
            throw node.Error($"more than {PlanReference.MaxLaunchesWritten} launches are written; use \"repeat\" with expressions of its index");
        }
    }

    private static List<T> Named<T>(Dictionary<string, PlanNode> parts, string part, Func<PlanNode, PlanNode, T> read)
    {
        if (!parts.TryGetValue(part, out PlanNode? node))
        {
            return [];
        }

        return node.Kind == JsonTokenType.StartObject
            ? [.. node.Members.Select(m => read(m.Name, m.Value))]
            : throw node.Error($"expected an object of named entries; found {node.Describe()}");
    }

    private static Dictionary<string, PlanNode> MembersOf(PlanNode node, string owner, bool required = true)
    {
        IEnumerable<PlanPart> known = PlanReference.Parts.Where(p => p.Owner == owner);
        return MembersOf(node, [.. known.Select(p => p.Name)], required ? [.. known.Where(p => p.Required).Select(p => p.Name)] : [], owner);
    }

    private static Dictionary<string, PlanNode> MembersOf(PlanNode node, string[] known, string[] required, string owner)
    {
        if (node.Kind != JsonTokenType.StartObject)
        {
            throw node.Error($"expected an object with {string.Join(", ", known)}; found {node.Describe()}");
        }

        var members = new Dictionary<string, PlanNode>();
        foreach ((PlanNode name, PlanNode value) in node.Members)
        {
            if (!known.Contains(name.Text))
            {
                throw name.Error($"'{name.Text}' is not a part of a {owner}; known: {string.Join(", ", known)}{Suggestion.For(name.Text, known)}");
            }

            members[name.Text] = value;
        }

        string? missing = Array.Find(required, r => !members.ContainsKey(r));
        return missing is null ? members : throw node.Error($"\"{missing}\" is missing; a {owner} has {string.Join(", ", required)}");
    }

    private static PlanExpression? Optional(Dictionary<string, PlanNode> parts, string name)
        => parts.TryGetValue(name, out PlanNode? node) ? Expression(node) : null;

    private static bool Flag(Dictionary<string, PlanNode> parts, string name)
    {
        if (!parts.TryGetValue(name, out PlanNode? node))
        {
            return false;
        }

        return node.Kind switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw node.Error($"expected true or false; found {node.Describe()}"),
        };
    }

    private static string Choice(Dictionary<string, PlanNode> parts, string name, string[] known)
        => parts.TryGetValue(name, out PlanNode? node) ? Choice(node, known) : known[0];

    private static string Choice(PlanNode node, IReadOnlyList<string> known)
        => node.Kind == JsonTokenType.String && known.Contains(node.Text)
            ? node.Text
            : throw node.Error($"expected one of {string.Join(", ", known)}; found {node.Describe()}{Suggestion.For(node.Text, known)}");

    private static List<PlanNode> Items(PlanNode node, string what, int least, int most)
    {
        if (node.Kind != JsonTokenType.StartArray)
        {
            throw node.Error($"expected an array of {what}; found {node.Describe()}{(node.Kind is JsonTokenType.String or JsonTokenType.Number ? ": put it in [ ]" : "")}");
        }

        string range = least == 0 ? $"at most {most}" : $"{least} to {most}";
        return node.Items.Count >= least && node.Items.Count <= most
            ? node.Items
            : throw node.Error($"expected {range} {what}; found {node.Items.Count}");
    }

    private static List<PlanExpression> Expressions(PlanNode node, string what, int least, int most)
        => [.. Items(node, what, least, most).Select(Expression)];

    private static PlanExpression Expression(PlanNode node)
    {
        if (node.Kind is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False))
        {
            throw node.Error($"expected a number or an expression in a string, as in \"ceil_div(x.numel, 256)\"; found {node.Describe()}");
        }

        if (node.Text.Length > PlanReference.MaxExpressionLength)
        {
            throw node.Error($"an expression has at most {PlanReference.MaxExpressionLength} characters; found {node.Text.Length}: use \"defines\" for its parts");
        }

        return string.IsNullOrWhiteSpace(node.Text) ? throw node.Error("expected an expression; found an empty string") : node.ToExpression();
    }

    private static PlanExpression Identifier(PlanNode node)
    {
        string text = node.Text;
        bool ok = text.Length is > 0 and <= 200 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (!ok)
        {
            throw node.Error($"'{text}' is not a name; use letters, digits and _, not beginning with a digit");
        }

        return PlanNames.IsReserved(text)
            ? throw node.Error($"'{text}' has a meaning of its own in expressions or in C++; choose another name")
            : node.ToExpression();
    }
}
