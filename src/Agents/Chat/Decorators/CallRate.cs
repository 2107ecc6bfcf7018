namespace KernelForge.Agents.Chat.Decorators;

/// <summary>What a provider allows: calls and tokens in any minute, calls at once. Null: no limit.</summary>
internal sealed record CallLimits(int? CallsPerMinute, long? TokensPerMinute, int ConcurrentCalls)
{
    /// <summary>Enough for many runs at once, little enough that they do not all wait at the provider.</summary>
    public const int DefaultConcurrentCalls = 32;
}

/// <summary>One provider's calls of the last minute, shared by all runs of a process: first come, first served.</summary>
internal sealed class CallRate(CallLimits limits, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _running = new(limits.ConcurrentCalls);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _entries = [];
    private long _tokens;

    /// <summary>Waits until a call of about so many tokens is allowed.</summary>
    public async Task<Permit> EnterAsync(long tokens, CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        try
        {
            // One waits for the window, the others for their turn: the order stays.
            await _turn.WaitAsync(cancellationToken);
            try
            {
                while (true)
                {
                    if (TryEnter(tokens, out var permit, out var wait))
                    {
                        return permit;
                    }

                    await Task.Delay(wait, time, cancellationToken);
                }
            }
            finally
            {
                _turn.Release();
            }
        }
        catch
        {
            _running.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _running.Dispose();
        _turn.Dispose();
    }

    private bool TryEnter(long tokens, out Permit permit, out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_entries.TryPeek(out var oldest) && oldest.At + Window <= now)
            {
                _tokens -= _entries.Dequeue().Tokens;
            }

            // A call that is larger than the limit itself goes alone; the provider decides.
            var allowed = (limits.CallsPerMinute is not { } calls || _entries.Count < calls)
                && (limits.TokensPerMinute is not { } most || _tokens + tokens <= most || _entries.Count == 0);
            if (!allowed)
            {
                (permit, wait) = (null!, _entries.Peek().At + Window - now);
                return false;
            }

            // Without a limit nothing needs to be remembered.
            Entry entry = new(now) { Tokens = tokens };
            if (limits.CallsPerMinute is not null || limits.TokensPerMinute is not null)
            {
                _entries.Enqueue(entry);
                _tokens += tokens;
            }

            (permit, wait) = (new Permit(this, entry), TimeSpan.Zero);
            return true;
        }
    }

    /// <summary>A call that is going on.</summary>
    internal sealed class Permit(CallRate rate, Entry entry) : IDisposable
    {
        /// <summary>Puts what was really used in place of the estimate.</summary>
        public void Used(long tokens)
        {
            lock (rate._lock)
            {
                if (rate._entries.Contains(entry))
                {
                    rate._tokens += tokens - entry.Tokens;
                    entry.Tokens = tokens;
                }
            }
        }

        /// <inheritdoc/>
        public void Dispose() => rate._running.Release();
    }

    /// <summary>A call of the last minute.</summary>
    internal sealed class Entry(DateTimeOffset at)
    {
        /// <summary>When it began.</summary>
        public DateTimeOffset At { get; } = at;

        /// <summary>Its tokens: first a guess, then what was used.</summary>
        public long Tokens { get; set; }
    }
}
