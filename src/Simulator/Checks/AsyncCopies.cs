namespace KernelForge.Simulator.Checks;

/// <summary>
/// Asynchronous copies (<c>cp.async</c>) of one block that nobody has waited for. The words that they write carry
/// <see cref="AccessStamp.InFlight"/> until the thread that began them waits for their group.
/// </summary>
internal sealed class AsyncCopies
{
    // A warp that begins more without waiting is believed to wait for the rest.
    private const int MaxPending = 16384;
    private readonly WordShadow[] words;
    private readonly List<Copy>[] pending;
    private readonly int[] groups;

    public AsyncCopies(WordShadow[] words, int warps)
    {
        this.words = words;
        pending = [.. Enumerable.Range(0, warps).Select(_ => new List<Copy>())];
        groups = new int[warps * 32];
    }

    public void Clear()
    {
        foreach (List<Copy> list in pending)
        {
            list.Clear();
        }

        Array.Clear(groups);
    }

    /// <summary>A thread begins a copy to shared memory, whose words it has just stamped.</summary>
    public void Begin(int thread, int address, int bytes)
    {
        List<Copy> list = pending[thread >> 5];
        if (list.Count >= MaxPending)
        {
            return;
        }

        list.Add(new Copy(thread, groups[thread], address >> 2, bytes >> 2));
        foreach (ref WordShadow word in words.AsSpan(address >> 2, bytes >> 2))
        {
            word.Write.Clock = AccessStamp.InFlight;
        }
    }

    /// <summary>A thread commits its copies as a group.</summary>
    public void Commit(int thread) => groups[thread]++;

    /// <summary>Lanes of a warp wait for all groups but the newest ones; with <paramref name="newest"/> -1 also for copies that are in no group yet.</summary>
    public void Wait(int warp, uint lanes, int newest, int clock)
    {
        List<Copy> list = pending[warp];
        int left = 0;
        for (int i = 0; i < list.Count; i++)
        {
            Copy copy = list[i];
            if ((lanes >> (copy.Thread & 31) & 1) == 0 || copy.Group >= groups[copy.Thread] - newest)
            {
                list[left++] = copy;
                continue;
            }

            foreach (ref WordShadow word in words.AsSpan(copy.Word, copy.Count))
            {
                if (word.Write.Clock == AccessStamp.InFlight && word.Write.Thread == copy.Thread)
                {
                    word.Write.Clock = clock;
                }
            }
        }

        list.RemoveRange(left, list.Count - left);
    }

    private readonly record struct Copy(int Thread, int Group, int Word, int Count);
}
