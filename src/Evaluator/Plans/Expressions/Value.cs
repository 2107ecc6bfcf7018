using System.Globalization;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>A value of an expression: a 64-bit integer, a finite float, a truth value, a string, None or a tuple.</summary>
public abstract record Value
{
    private Value()
    {
    }

    /// <summary>The kind in words: <c>an integer</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether a condition takes it for true.</summary>
    public abstract bool IsTrue { get; }

    /// <summary>A 64-bit integer.</summary>
    /// <param name="Number">Its value.</param>
    public sealed record Integer(long Number) : Value
    {
        /// <inheritdoc/>
        public override string Kind => "an integer";

        /// <inheritdoc/>
        public override bool IsTrue => Number != 0;

        /// <inheritdoc/>
        public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A finite float.</summary>
    /// <param name="Number">Its value.</param>
    public sealed record Float(double Number) : Value
    {
        /// <inheritdoc/>
        public override string Kind => "a float";

        /// <inheritdoc/>
        public override bool IsTrue => Number != 0;

        /// <inheritdoc/>
        public override string ToString() => Literal(Number);

        internal static string Literal(double number)
        {
            string text = number.ToString("R", CultureInfo.InvariantCulture);
            return text.AsSpan().IndexOfAny('.', 'E', 'n') < 0 && text.AsSpan().IndexOf('∞') < 0 ? text + ".0" : text;
        }
    }

    /// <summary>True or false; 1 or 0 in arithmetic.</summary>
    /// <param name="Truth">Its value.</param>
    public sealed record Bool(bool Truth) : Value
    {
        /// <inheritdoc/>
        public override string Kind => "a truth value";

        /// <inheritdoc/>
        public override bool IsTrue => Truth;

        /// <inheritdoc/>
        public override string ToString() => Truth ? "true" : "false";
    }

    /// <summary>A string, for comparison only.</summary>
    /// <param name="Content">Its value.</param>
    public sealed record Text(string Content) : Value
    {
        /// <inheritdoc/>
        public override string Kind => "a string";

        /// <inheritdoc/>
        public override bool IsTrue => Content.Length > 0;

        /// <inheritdoc/>
        public override string ToString() => $"'{Content}'";
    }

    /// <summary>Python's None, for comparison only.</summary>
    public sealed record None : Value
    {
        /// <inheritdoc/>
        public override string Kind => "None";

        /// <inheritdoc/>
        public override bool IsTrue => false;

        /// <inheritdoc/>
        public override string ToString() => "None";
    }

    /// <summary>A tuple, by index.</summary>
    /// <param name="Items">Its values.</param>
    public sealed record Tuple(IReadOnlyList<Value> Items) : Value
    {
        /// <inheritdoc/>
        public override string Kind => $"a tuple of {Items.Count}";

        /// <inheritdoc/>
        public override bool IsTrue => Items.Count > 0;

        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(", ", Items)})";

        /// <summary>Element by element.</summary>
        public bool Equals(Tuple? other) => other is not null && Items.SequenceEqual(other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => Items.Count;
    }
}
