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

    /// <summary>402, or a 429 that waiting does not cure: the account's money or quota is used up.</summary>
    QuotaExhausted,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>The provider does not have the model.</summary>
    UnknownModel,

    /// <summary>The prompt does not fit into the model's context.</summary>
    ContextTooLong,

    /// <summary>The provider's filter refused the prompt.</summary>
    ContentFiltered,

    /// <summary>Another 4xx: our request is not accepted.</summary>
    BadRequest,

    /// <summary>5xx, Anthropic's 529 (overloaded) among them.</summary>
    ServerError,

    /// <summary>An answer that is not what the protocol says.</summary>
    Malformed,

    /// <summary>An answer that ended before it was complete.</summary>
    Interrupted,

    /// <summary>No answer in time, or no sign of life for too long in the middle of one.</summary>
    TimedOut,

    /// <summary>No connection.</summary>
    Unreachable,
}

/// <summary>A provider did not answer: data for whoever decides on retries and fall-backs.</summary>
public sealed class ChatFailureException(ChatFailureKind kind, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public ChatFailureKind Kind { get; } = kind;

    /// <summary>How long the provider asked us to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The member of the request that a <see cref="ChatFailureKind.BadRequest"/> is about, by the provider's name (<c>temperature</c>); null where unknown.</summary>
    public string? Parameter { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool Transient => Kind is ChatFailureKind.RateLimited or ChatFailureKind.ServerError or ChatFailureKind.Interrupted or ChatFailureKind.TimedOut or ChatFailureKind.Unreachable;
}

/// <summary>A budget does not allow another call.</summary>
/// <param name="reason"><c>budget_cost</c> or <c>budget_tokens</c>, as in a run's stop reason.</param>
/// <param name="message">Whose budget, what is spent and what is allowed.</param>
public sealed class BudgetException(string reason, string message) : Exception(message)
{
    /// <summary>As in <see cref="Contracts.Runs.RunReport.StopReason"/>.</summary>
    public string Reason { get; } = reason;
}
