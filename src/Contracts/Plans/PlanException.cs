namespace KernelForge.Contracts.Plans;

/// <summary>
/// The launch plan is missing, malformed, or does not fit the task or the kernels: verdict <c>plan_error</c>. The message
/// begins with the place (<c>launches[1].grid[0]: …</c>) and ends with the position in the solution file where one is known.
/// </summary>
public sealed class PlanException : Exception
{
    /// <summary>Creates an exception without a place.</summary>
    public PlanException()
        : this("the launch plan is wrong")
    {
    }

    /// <summary>Creates an exception without a place.</summary>
    public PlanException(string message)
        : base(message)
    {
        Problem = message;
    }

    /// <summary>Creates an exception without a place.</summary>
    public PlanException(string message, Exception innerException)
        : base(message, innerException)
    {
        Problem = message;
    }

    /// <summary>Creates an exception at <paramref name="place"/>, with the position in the solution file where one is known (0: unknown).</summary>
    public PlanException(string place, string problem, int line, int column)
        : base(Compose(place, problem, line, column))
    {
        Place = place;
        Problem = problem;
        Line = line;
        Column = column;
    }

    /// <summary>Creates an exception at the place of an expression; <paramref name="offset"/> counts characters into its text.</summary>
    public PlanException(PlanExpression at, string problem, int offset = 0)
        : this(at.Place, problem, at.Line, at.Column == 0 ? 0 : at.Column + offset)
    {
    }

    /// <summary>Path in the plan: <c>launches[1].args[2]</c>; empty where the file as a whole is meant.</summary>
    public string Place { get; } = "";

    /// <summary>What was expected, what was found, what to do; without place and position.</summary>
    public string Problem { get; }

    /// <summary>Line in the solution file, from 1; 0 where unknown.</summary>
    public int Line { get; }

    /// <summary>Column in that line, in characters from 1; 0 where unknown.</summary>
    public int Column { get; }

    private static string Compose(string place, string problem, int line, int column)
    {
        string head = place.Length == 0 ? problem : $"{place}: {problem}";
        return line == 0 ? head : $"{head} (line {line}, column {column})";
    }
}
