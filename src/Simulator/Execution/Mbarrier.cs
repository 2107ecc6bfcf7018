namespace KernelForge.Simulator.Execution;

/// <summary>
/// The 64 bits of an mbarrier object (PTX ISA §9.7.12.15), which PTX leaves opaque: arrivals still missing (20 bits), arrivals of a phase (20),
/// bytes still to come (21, biased), the phase's parity, and a mark by which a word that is no mbarrier is told.
/// </summary>
internal struct Mbarrier
{
    public const int MaxCount = (1 << 20) - 1;
    private const int TransactionShift = 40;
    private const int PhaseShift = 61;
    private const long TransactionBias = 1 << 20;
    private const ulong Mark = 2;

    private Mbarrier(ulong bits)
    {
        Pending = (int)(bits & MaxCount);
        Expected = (int)((bits >> 20) & MaxCount);
        Transactions = (int)((long)((bits >> TransactionShift) & 0x1fffff) - TransactionBias);
        Parity = (uint)(bits >> PhaseShift) & 1;
    }

    /// <summary>Arrivals that the phase still waits for.</summary>
    public int Pending { get; set; }

    /// <summary>Arrivals of the next phase.</summary>
    public int Expected { get; set; }

    /// <summary>Bytes of copies that the phase still waits for; negative where they came before they were expected.</summary>
    public int Transactions { get; set; }

    /// <summary>0 in even phases, 1 in odd ones.</summary>
    public uint Parity { get; set; }

    public readonly ulong Bits =>
        (uint)Pending | ((ulong)Expected << 20) | ((ulong)(Transactions + TransactionBias) << TransactionShift) | ((ulong)Parity << PhaseShift) | (Mark << 62);

    public static Mbarrier Of(int count) => new(0) { Pending = count, Expected = count, Transactions = 0, Parity = 0 };

    /// <summary>Reads an mbarrier. False: none was initialised there.</summary>
    public static bool TryRead(ulong bits, out Mbarrier barrier)
    {
        barrier = new Mbarrier(bits);
        return bits >> 62 == Mark;
    }

    /// <summary>Ends the phase where nothing is missing. True: it ended.</summary>
    public bool Complete()
    {
        if (Pending != 0 || Transactions != 0)
        {
            return false;
        }

        Parity ^= 1;
        Pending = Expected;
        return true;
    }
}
