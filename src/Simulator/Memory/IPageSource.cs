namespace KernelForge.Simulator.Memory;

/// <summary>What a page of a buffer holds when it is first touched.</summary>
public interface IPageSource
{
    /// <summary>Fills <paramref name="page"/> with the bytes that stand at <paramref name="byteOffset"/> of the buffer: the same ones each time; called under a lock.</summary>
    void Fill(long byteOffset, Span<byte> page);
}
