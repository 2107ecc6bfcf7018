using System.Collections.Concurrent;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>The steps that this process runs now: whoever cancels one ends its child.</summary>
internal sealed class RunningSteps : IDisposable
{
    private readonly ConcurrentDictionary<long, (Guid Owner, CancellationTokenSource Source)> _byFence = new();
    private readonly Notifications _notifications;

    public RunningSteps(Notifications notifications)
    {
        _notifications = notifications;
        _notifications.Received += Cancelled;
    }

    /// <summary>How many run.</summary>
    public int Count => _byFence.Count;

    /// <summary>A token that ends when the step's owner is cancelled, the worker stops, or a poll finds the step lost.</summary>
    public CancellationTokenSource Begin(StepClaim claim, CancellationToken stopping)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _byFence[claim.Fence] = (claim.OwnerId, source);
        return source;
    }

    /// <summary>The step has ended.</summary>
    public void End(StepClaim claim)
    {
        if (_byFence.TryRemove(claim.Fence, out var step))
        {
            step.Source.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _notifications.Received -= Cancelled;

    private void Cancelled(object? sender, NpgsqlNotificationEventArgs notification)
    {
        if (notification.Channel != StepStore.CancelChannel || !Guid.TryParse(notification.Payload, out var owner))
        {
            return;
        }

        foreach (var (_, step) in _byFence.Where(entry => entry.Value.Owner == owner))
        {
            // Killing a child takes a moment; the listening connection must not wait for it.
            _ = Task.Run(() => Cancel(step.Source));
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended just now.
        }
    }
}
