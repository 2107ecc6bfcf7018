using System.Collections.Concurrent;

namespace KernelForge.Processes;

/// <summary>
/// The one thread that starts children. bubblewrap's <c>--die-with-parent</c> follows the parent <em>thread</em>: a child
/// started from a pool thread would die with that thread.
/// </summary>
internal static class ChildStarter
{
    private static readonly BlockingCollection<Action> Work = StartThread();

    /// <summary>Runs <paramref name="start"/> on the starter's thread and returns its result.</summary>
    public static T Run<T>(Func<T> start)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Action> StartThread()
    {
        var work = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "child starter",
        };
        thread.Start();
        return work;
    }
}
