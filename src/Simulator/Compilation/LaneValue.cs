using System.Numerics;

namespace KernelForge.Simulator.Compilation;

/// <summary>
/// What is known before a program runs of a register's 32 lanes: value = base + pattern[lane], where the base may change while the
/// pattern does not. A pattern of zeros is one value for all lanes. No pattern: nothing is known, the register is a vector.
/// </summary>
internal sealed class LaneValue
{
    /// <summary>Nothing is known.</summary>
    public static readonly LaneValue Vector = new(null, null, 0);

    private static readonly long[] Zeros = new long[32];

    private LaneValue(long[]? pattern, long? constant, int alignment)
    {
        Pattern = pattern;
        Base = constant;
        Alignment = constant is { } c ? BitOperations.TrailingZeroCount(c) : Math.Min(alignment, 63);
        IsUniform = pattern is not null && pattern.AsSpan().TrimStart(0L).IsEmpty;
        if (pattern is not null)
        {
            Min = pattern.Min();
            Max = pattern.Max();
        }
    }

    /// <summary>What each lane adds to the base, or null.</summary>
    public long[]? Pattern { get; }

    /// <summary>The base, where it is a constant; 32-bit values are sign-extended.</summary>
    public long? Base { get; }

    /// <summary>So many low bits of the base are zero.</summary>
    public int Alignment { get; }

    public bool IsVector => Pattern is null;

    public bool IsUniform { get; }

    public bool IsConstant => Base is not null;

    /// <summary>Least element of the pattern.</summary>
    public long Min { get; }

    /// <summary>Greatest element of the pattern.</summary>
    public long Max { get; }

    public static LaneValue Uniform(int alignment = 0) => new(Zeros, null, alignment);

    public static LaneValue Constant(long value) => new(Zeros, value, 0);

    public static LaneValue Affine(long[] pattern, long? constant, int alignment) => new(pattern, constant, alignment);

    /// <summary>The least known about either.</summary>
    public static LaneValue Join(LaneValue? a, LaneValue b)
    {
        if (a is null)
        {
            return b;
        }

        if (a.Pattern is null || b.Pattern is null || !a.Pattern.AsSpan().SequenceEqual(b.Pattern))
        {
            return Vector;
        }

        return new LaneValue(a.Pattern, a.Base == b.Base ? a.Base : null, Math.Min(a.Alignment, b.Alignment));
    }

    public bool Same(LaneValue other) =>
        ReferenceEquals(this, other)
        || (Base == other.Base && Alignment == other.Alignment && IsVector == other.IsVector && (IsVector || Pattern.AsSpan().SequenceEqual(other.Pattern)));

    /// <summary>a + sign · b.</summary>
    public static LaneValue Sum(LaneValue a, LaneValue b, int sign, bool wide)
    {
        if (a.Pattern is null || b.Pattern is null)
        {
            return Vector;
        }

        long[] pattern = new long[32];
        for (int i = 0; i < 32; i++)
        {
            pattern[i] = Fit(a.Pattern[i] + (sign * b.Pattern[i]), wide);
        }

        return new LaneValue(pattern, a.Base is { } x && b.Base is { } y ? Fit(x + (sign * y), wide) : null, Math.Min(a.Alignment, b.Alignment));
    }

    /// <summary>a · b: one of them a constant for all lanes, or both the same for all lanes.</summary>
    public static LaneValue Product(LaneValue a, LaneValue b, bool wide)
    {
        if (a.Pattern is null || b.Pattern is null)
        {
            return Vector;
        }

        if (a is { IsUniform: true, Base: { } c })
        {
            (a, b) = (b, a);
        }
        else if (b is { IsUniform: true, Base: { } d })
        {
            c = d;
        }
        else
        {
            return a.IsUniform && b.IsUniform ? Uniform(a.Alignment + b.Alignment) : Vector;
        }

        long[] pattern = new long[32];
        for (int i = 0; i < 32; i++)
        {
            pattern[i] = Fit(a.Pattern![i] * c, wide);
        }

        return new LaneValue(pattern, a.Base is { } x ? Fit(x * c, wide) : null, c == 0 ? 63 : a.Alignment + BitOperations.TrailingZeroCount(c));
    }

    /// <summary>A 32-bit value as 64 bits: sound as long as no lane's sum leaves 32 bits, which the code tests where the base is unknown.</summary>
    public static LaneValue Widen(LaneValue a, bool signed)
    {
        if (a.Pattern is null)
        {
            return Vector;
        }

        if (a.Base is not { } c)
        {
            return a.IsUniform || a.Max - a.Min <= 1 << 20 ? new LaneValue(a.Pattern, null, Math.Min(a.Alignment, signed ? 31 : 32)) : Vector;
        }

        c = signed ? (int)c : (uint)c;
        long least = signed ? int.MinValue : 0, greatest = signed ? int.MaxValue : uint.MaxValue;
        return c + a.Min >= least && c + a.Max <= greatest ? new LaneValue(a.Pattern, c, 0) : Vector;
    }

    /// <summary>The low 32 bits.</summary>
    public static LaneValue Truncate(LaneValue a)
    {
        return a.Pattern is null ? Vector : new LaneValue([.. a.Pattern.Select(p => Fit(p, wide: false))], a.Base is { } c ? Fit(c, wide: false) : null, a.Alignment);
    }

    /// <summary>Any operation: known where all lanes of all operands are constants, or the same value where all are the same for all lanes.</summary>
    public static LaneValue Fold(LaneValue a, LaneValue b, bool wide, Func<long, long, long> operation)
    {
        if (a.Pattern is null || b.Pattern is null)
        {
            return Vector;
        }

        if (a.Base is not { } x || b.Base is not { } y)
        {
            return a.IsUniform && b.IsUniform ? Uniform() : Vector;
        }

        long[] values = new long[32];
        for (int i = 0; i < 32; i++)
        {
            values[i] = Fit(operation(Fit(x + a.Pattern[i], wide), Fit(y + b.Pattern[i], wide)), wide);
        }

        return values.AsSpan().ContainsAnyExcept(values[0]) ? new LaneValue(values, 0, 0) : Constant(values[0]);
    }

    /// <summary>A number as a register of this width holds it.</summary>
    public static long Fit(long value, bool wide) => wide ? value : (int)value;
}
