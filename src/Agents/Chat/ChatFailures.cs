namespace KernelForge.Agents.Chat;

/// <summary>A model's name has no known form, or names something that comes later.</summary>
public sealed class ModelNameException(string message) : ArgumentException(message);

/// <summary>Something that a model needs is not configured or not there; the message says what to set.</summary>
public sealed class ModelSetupException(string message) : Exception(message);

/// <summary>A recording and a run do not fit each other: the wrong transcript, or one that has ended.</summary>
public sealed class TranscriptException(string message, bool ended = false) : Exception(message)
{
    /// <summary>Everything recorded for this task and role has been used.</summary>
    public bool Ended { get; } = ended;
}

/// <summary>What went wrong between us and a provider.</summary>
public enum ChatFailureKind
{
    /// <summary>401, 403: the key is not accepted.</summary>
    NotAuthorised,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>Another 4xx: our request is not accepted.</summary>
    BadRequest,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>An answer that is not what the protocol says.</summary>
    Malformed,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No connection.</summary>
    Unreachable,
}

/// <summary>A provider did not answer: data for whoever decides on retries and fall-backs.</summary>
public sealed class ChatFailureException(ChatFailureKind kind, string message, TimeSpan? retryAfter, Exception? inner) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public ChatFailureKind Kind { get; } = kind;

    /// <summary>How long the provider asked us to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool Transient => Kind is ChatFailureKind.RateLimited or ChatFailureKind.ServerError or ChatFailureKind.TimedOut or ChatFailureKind.Unreachable;
}
