using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KernelForge.Contracts.Plans;

/// <summary>Writes a plan as JSON that <see cref="PlanReader"/> reads back to the same plan.</summary>
public static class PlanWriter
{
    /// <summary>The plan's JSON, indented.</summary>
    public static string Write(LaunchPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            Named(json, "buffers", plan.Buffers, b => b.Name, WriteBuffer);
            Named(json, "tunables", plan.Tunables, t => t.Name, WriteTunable);
            Named(json, "defines", plan.Defines, d => d.Name, (j, d) => Expression(j, d.Value));
            if (plan.Options.Count > 0)
            {
                json.WriteStartArray("options");
                foreach (string option in plan.Options)
                {
                    json.WriteStringValue(option);
                }

                json.WriteEndArray();
            }

            Named(json, "tensor_maps", plan.TensorMaps, m => m.Name, WriteTensorMap);
            if (plan.Prepare.Count > 0)
            {
                Steps(json, "prepare", plan.Prepare);
            }

            Steps(json, "launches", plan.Launches);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Named<T>(Utf8JsonWriter json, string part, IReadOnlyList<T> items, Func<T, PlanExpression> name, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartObject(part);
        foreach (T item in items)
        {
            json.WritePropertyName(name(item).Text);
            write(json, item);
        }

        json.WriteEndObject();
    }

    private static void WriteBuffer(Utf8JsonWriter json, PlanBuffer buffer)
    {
        json.WriteStartObject();
        if (buffer.Dtype is not null)
        {
            json.WriteString("dtype", buffer.Dtype);
            List(json, "shape", buffer.Shape);
        }

        Optional(json, "fill", buffer.Fill);
        Flag(json, "persistent", buffer.Persistent);
        json.WriteEndObject();
    }

    private static void WriteTunable(Utf8JsonWriter json, PlanTunable tunable)
    {
        json.WriteStartArray();
        foreach (long value in tunable.Values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteTensorMap(Utf8JsonWriter json, PlanTensorMap map)
    {
        json.WriteStartObject();
        json.WriteString("tensor", map.Tensor.Text);
        List(json, "shape", map.Shape);
        List(json, "box", map.Box);
        List(json, "element_strides", map.ElementStrides);
        json.WriteString("swizzle", map.Swizzle);
        json.WriteString("interleave", map.Interleave);
        json.WriteString("l2_promotion", map.L2Promotion);
        json.WriteString("oob_fill", map.OobFill);
        json.WriteEndObject();
    }

    private static void Steps(Utf8JsonWriter json, string part, IReadOnlyList<PlanStep> steps)
    {
        json.WriteStartArray(part);
        foreach (PlanStep step in steps)
        {
            json.WriteStartObject();
            Optional(json, "when", step.When);
            switch (step)
            {
                case PlanLaunch launch:
                    WriteLaunch(json, launch);
                    break;
                case PlanRepeat repeat:
                    json.WriteStartObject("repeat");
                    json.WriteString("index", repeat.Index.Text);
                    Optional(json, "count", repeat.Count);
                    json.WriteEndObject();
                    Steps(json, "launches", repeat.Launches);
                    break;
                case PlanLibraryStep library:
                    json.WriteString("library", library.Library);
                    foreach ((string name, IReadOnlyList<PlanExpression> values) in library.Parameters)
                    {
                        List(json, name, values);
                    }

                    break;
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLaunch(Utf8JsonWriter json, PlanLaunch launch)
    {
        json.WriteString("kernel", launch.Kernel.Text);
        List(json, "grid", launch.Grid);
        List(json, "block", launch.Block);
        Optional(json, "shared_bytes", launch.SharedBytes);
        List(json, "args", launch.Args);
        Flag(json, "cooperative", launch.Cooperative);
        List(json, "cluster", launch.Cluster);
    }

    private static void List(Utf8JsonWriter json, string name, IReadOnlyList<PlanExpression>? expressions)
    {
        if (expressions is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (PlanExpression expression in expressions)
        {
            Expression(json, expression);
        }

        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, string name, PlanExpression? expression)
    {
        if (expression is not null)
        {
            json.WritePropertyName(name);
            Expression(json, expression);
        }
    }

    private static void Flag(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, value);
        }
    }

    private static void Expression(Utf8JsonWriter json, PlanExpression expression)
    {
        if (expression.IsLiteral)
        {
            json.WriteRawValue(expression.Text);
        }
        else
        {
            json.WriteStringValue(expression.Text);
        }
    }
}
