using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Plans;

/// <summary>JSON schemas (draft 2020-12) of a launch plan and of an outcome: <c>docs/schema/</c>.</summary>
public static class PlanSchema
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    /// <summary><c>docs/schema/launch-plan.schema.json</c>.</summary>
    public static string LaunchPlan()
    {
        JsonObject root = Object("plan");
        root.Insert(0, "$schema", Draft);
        root.Insert(1, "title", "KernelForge launch plan");
        root["$defs"] = new JsonObject
        {
            ["expression"] = new JsonObject { ["type"] = Types("string", "number", "boolean") },
            ["buffer"] = Object("buffer", requires: false),
            ["tensor_map"] = Object("tensor map"),
            ["launch"] = Object("launch"),
            ["repeat"] = Object("repeat"),
            ["library_step"] = Open(Object("library step")),
            ["step"] = new JsonObject { ["oneOf"] = new JsonArray(Ref("launch"), Ref("repeat"), Ref("library_step")) },
        };
        return Text(root);
    }

    /// <summary><c>docs/schema/outcome.schema.json</c>.</summary>
    public static string Outcome()
    {
        JsonNode node = ContractsJson.Default.Options.GetJsonSchemaAsNode(typeof(EvaluationOutcome), new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        var root = new JsonObject { ["$schema"] = Draft, ["title"] = "KernelForge evaluation outcome" };
        foreach ((string name, JsonNode? value) in node.AsObject())
        {
            root[name] = value?.DeepClone();
        }

        return Text(root);
    }

    private static JsonObject Object(string owner, bool requires = true)
    {
        var properties = new JsonObject();
        PlanPart[] parts = [.. PlanReference.Parts.Where(p => p.Owner == owner)];
        foreach (PlanPart part in parts)
        {
            JsonObject value = Value(owner, part.Name);
            value["description"] = part.Meaning;
            properties[part.Name] = value;
        }

        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        string[] required = [.. parts.Where(p => p.Required && requires).Select(p => p.Name)];
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]);
        }

        return schema;
    }

    private static JsonObject Open(JsonObject schema)
    {
        schema.Remove("additionalProperties");
        return schema;
    }

    private static JsonObject Value(string owner, string name) => (owner, name) switch
    {
        ("plan", "buffers") => Map(Ref("buffer")),
        ("plan", "tunables") => Map(new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer" }, ["minItems"] = 1, ["uniqueItems"] = true }),
        ("plan", "defines") => Map(Ref("expression")),
        ("plan", "tensor_maps") => Map(Ref("tensor_map")),
        ("plan", "options") => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
        (_, "prepare" or "launches") => new JsonObject { ["type"] = "array", ["items"] = Ref("step"), ["minItems"] = 1 },
        ("buffer", "dtype") => Choice([.. PlanReference.Dtypes.Select(d => d.Name)]),
        ("buffer", "shape") => Expressions(0, PlanReference.MaxDimensions),
        (_, "grid" or "block" or "cluster") => Expressions(1, 3),
        ("launch", "args") => Expressions(0, PlanReference.MaxArguments),
        ("tensor map", "shape" or "box" or "element_strides") => Expressions(1, 5),
        ("tensor map", "swizzle") => Choice("none", "32b", "64b", "128b"),
        ("tensor map", "interleave") => Choice("none", "16b", "32b"),
        ("tensor map", "l2_promotion") => Choice("none", "64b", "128b", "256b"),
        ("tensor map", "oob_fill") => Choice("zero", "nan"),
        ("library step", "library") => Choice([.. PlanReference.Libraries]),
        (_, "persistent" or "cooperative") => new JsonObject { ["type"] = "boolean" },
        ("launch", "kernel") or ("tensor map", "tensor") => new JsonObject { ["type"] = "string" },
        ("repeat", "repeat") => Repeat(),
        _ => Ref("expression"),
    };

    private static JsonObject Repeat() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject { ["index"] = new JsonObject { ["type"] = "string" }, ["count"] = Ref("expression") },
        ["required"] = new JsonArray("index", "count"),
    };

    private static JsonObject Map(JsonNode value) => new() { ["type"] = "object", ["additionalProperties"] = value };

    private static JsonObject Expressions(int least, int most)
        => new() { ["type"] = "array", ["items"] = Ref("expression"), ["minItems"] = least, ["maxItems"] = most };

    private static JsonObject Choice(params string[] values) => new() { ["enum"] = new JsonArray([.. values.Select(v => (JsonNode)v)]) };

    private static JsonObject Ref(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonArray Types(params string[] types) => new([.. types.Select(t => (JsonNode)t)]);

    private static string Text(JsonObject schema) => schema.ToJsonString(ReadableOptions) + "\n";

    private static readonly JsonSerializerOptions ReadableOptions = new(ReadableJson.Context.Options);
}
