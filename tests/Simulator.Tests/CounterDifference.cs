using System.Collections;
using System.Reflection;
using KernelForge.Simulator.Counters;

namespace KernelForge.Simulator.Tests;

/// <summary>Compares all that two launches counted.</summary>
internal static class CounterDifference
{
    /// <summary>The first figure that differs, or null.</summary>
    public static string? Of(LaunchCounters expected, LaunchCounters actual)
    {
        if (expected.L2ReadMisses != actual.L2ReadMisses)
        {
            return $"L2ReadMisses: {expected.L2ReadMisses}, {actual.L2ReadMisses}";
        }

        foreach ((StratumCounters a, StratumCounters b) in expected.Strata.Zip(actual.Strata))
        {
            foreach (FieldInfo field in typeof(StratumCounters).GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                if (Difference(expected, field.Name, field.GetValue(a), field.GetValue(b)) is { } difference)
                {
                    return difference;
                }
            }
        }

        return null;
    }

    private static string? Difference(LaunchCounters counters, string name, object? a, object? b)
    {
        if (a is not IList list)
        {
            return Equals(a, b) ? null : $"{name}: {a}, {b}";
        }

        for (int i = 0; i < list.Count; i++)
        {
            object? x = list[i], y = ((IList)b!)[i];
            if (!Equals(x, y))
            {
                string what = x is SiteCounters s && y is SiteCounters t
                    ? string.Join(", ", typeof(SiteCounters).GetFields().Select(f => $"{f.Name} {f.GetValue(s)}, {f.GetValue(t)}"))
                    : $"{x}, {y}";
                string where = name.StartsWith("Block", StringComparison.Ordinal) ? $"basic block {i}" : i < counters.Instructions.Count ? $"{counters.Instructions[i].Opcode} in PTX line {counters.Instructions[i].PtxLine}" : $"{i}";
                return $"{name} of {where}: {what}";
            }
        }

        return null;
    }
}
