namespace KernelForge.Api.Rest;

/// <summary>A request that is not done, and why: the caller is to blame. It becomes problem details (RFC 9457).</summary>
internal sealed class RefusedException(int status, string detail, string? field = null) : Exception(detail)
{
    /// <summary>HTTP status, 400 to 499.</summary>
    public int Status { get; } = status;

    /// <summary>The member of the body or the parameter that is wrong; null where it is the request as a whole.</summary>
    public string? Field { get; } = field;

    /// <summary>A member or parameter with a value that is not allowed.</summary>
    public static RefusedException Bad(string field, string problem) => new(StatusCodes.Status400BadRequest, $"{field}: {problem}", field);

    /// <summary>There is no such thing.</summary>
    public static RefusedException NotFound(string what) => new(StatusCodes.Status404NotFound, what);
}
