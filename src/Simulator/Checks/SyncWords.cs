namespace KernelForge.Simulator.Checks;

/// <summary>
/// Words of memory by which threads order themselves: what a thread that reads such a word with a strong read learns of those who wrote it with
/// strong writes behind a fence (PTX ISA §8.8: release and acquire patterns). Bounded: past <see cref="MaxWords"/> all further words are one,
/// which orders more than it should and so never makes a false finding.
/// </summary>
internal sealed class SyncWords
{
    private const int MaxWords = 16384;
    private readonly Dictionary<ulong, SyncWord> words = [];
    private SyncWord? rest;

    /// <summary>What a reader of a word learns, or null.</summary>
    public SyncWord? Find(ulong word) => words.Count == 0 ? null : words.GetValueOrDefault(word >> 2) ?? rest;

    /// <summary>The word, made now if it is not there.</summary>
    public SyncWord Get(ulong word)
    {
        if (words.TryGetValue(word >> 2, out SyncWord? known))
        {
            return known;
        }

        if (words.Count >= MaxWords)
        {
            return rest ??= new SyncWord { IsShared = true };
        }

        var made = new SyncWord();
        words.Add(word >> 2, made);
        return made;
    }

    public void Clear()
    {
        if (words.Count > 0)
        {
            words.Clear();
            rest = null;
        }
    }
}

/// <summary>What the strong writes of one word release.</summary>
internal sealed class SyncWord
{
    /// <summary>To threads of block <see cref="Block"/>.</summary>
    public Knowledge? InBlock { get; set; }

    /// <summary>The block whose threads wrote last.</summary>
    public int Block { get; set; }

    /// <summary>To threads of every block.</summary>
    public Knowledge? InDevice { get; set; }

    /// <summary>It stands for many words: no write undoes what another one released.</summary>
    public bool IsShared { get; init; }
}
