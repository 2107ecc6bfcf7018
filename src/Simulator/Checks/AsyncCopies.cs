namespace KernelForge.Simulator.Checks;

/// <summary>
/// Asynchronous copies (<c>cp.async</c>) of one block that nobody has waited for. The words that they write carry
/// <see cref="AccessStamp.InFlight"/> until the thread that began them waits for their group.
/// </summary>
internal sealed class AsyncCopies(WordShadow[] words, int threads)
{
    private readonly List<(int Thread, int Group, int Word, int Count)> pending = [];
    private readonly int[] groups = new int[threads];

    public void Clear()
    {
        pending.Clear();
        Array.Clear(groups);
    }

    /// <summary>A thread begins a copy to shared memory, whose words it has just stamped.</summary>
    public void Begin(int thread, int address, int bytes)
    {
        pending.Add((thread, groups[thread], address >> 2, bytes >> 2));
        foreach (ref WordShadow word in words.AsSpan(address >> 2, bytes >> 2))
        {
            word.Write.Clock = AccessStamp.InFlight;
        }
    }

    /// <summary>A thread commits its copies as a group.</summary>
    public void Commit(int thread) => groups[thread]++;

    /// <summary>A thread waits for all groups but the newest ones; with <paramref name="newest"/> -1 also for copies that are in no group yet.</summary>
    public void Wait(int thread, int newest, int clock)
    {
        int until = groups[thread] - newest;
        for (int i = pending.Count - 1; i >= 0; i--)
        {
            (int owner, int group, int first, int count) = pending[i];
            if (owner != thread || group >= until)
            {
                continue;
            }

            foreach (ref WordShadow word in words.AsSpan(first, count))
            {
                if (word.Write.Clock == AccessStamp.InFlight && word.Write.Thread == thread)
                {
                    word.Write.Clock = clock;
                }
            }

            pending[i] = pending[^1];
            pending.RemoveAt(pending.Count - 1);
        }
    }
}
