namespace KernelForge.Simulator.Checks;

/// <summary>What race checks remember of a launch's global memory: shadows of the words that it touched, by 4 KiB pages, and the words that blocks order themselves by. Such launches run on one core.</summary>
internal sealed class GlobalRaces
{
    private const int MaxPages = 16384;
    private const int MaxBlocks = 65536;
    private readonly Dictionary<ulong, WordShadow[]> pages = [];
    private ulong lastKey = ulong.MaxValue;
    private WordShadow[]? last;
    private int lastReleaser = -1;
    private int releasers;

    /// <summary>Nothing touched yet, in a grid of so many blocks.</summary>
    public GlobalRaces(long blocks) => RootShift = Knowledge.RootShift(blocks);

    /// <summary>Words that blocks order themselves by.</summary>
    public SyncWords Words { get; } = new();

    /// <summary>Of every <see cref="Knowledge"/> of this launch.</summary>
    public int RootShift { get; }

    /// <summary>More blocks order themselves than is remembered: from here on blocks are never said to race with each other.</summary>
    public bool IsFull => releasers > MaxBlocks;

    /// <summary>A block releases something.</summary>
    public void Releases(int block)
    {
        if (block != lastReleaser)
        {
            lastReleaser = block;
            releasers++;
        }
    }

    /// <summary>The shadow of a word, or null once 64 MiB of distinct memory are tracked.</summary>
    public WordShadow[]? Page(ulong address)
    {
        ulong key = address >> 12;
        if (key == lastKey)
        {
            return last;
        }

        if (!pages.TryGetValue(key, out WordShadow[]? page))
        {
            if (pages.Count >= MaxPages)
            {
                return null;
            }

            page = new WordShadow[1024];
            pages[key] = page;
        }

        lastKey = key;
        last = page;
        return page;
    }
}
