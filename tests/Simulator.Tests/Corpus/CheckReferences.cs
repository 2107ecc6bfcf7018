namespace KernelForge.Simulator.Tests.Corpus;

/// <summary>What the correct kernels of the corpus must compute, in plain C#: from the buffers that a <c>result:</c> line names and its numbers.</summary>
internal static class CheckReferences
{
    public static double[] Compute(string name, double[][] b, int[] n)
    {
        double[] x = b.Length > 0 ? b[0] : [];
        return name switch
        {
            "constant" => [.. Enumerable.Repeat((double)n[1], n[0])],
            "iota" => [.. Enumerable.Range(0, n[0]).Select(i => (double)i)],
            "copy" => x,
            "scaled" => [.. x.Select(v => v * n[0])],
            "plus" => [.. x.Select(v => v + n[0])],
            "square" => [.. x.Select(v => v * v)],
            "add" => [.. x.Zip(b[1], (u, v) => u + v)],
            "sum" => [x.Sum()],
            "sums" => [.. x.Chunk(n[0]).Select(c => c.Sum())],
            "repeated_sums" => [.. x.Chunk(n[0]).SelectMany(c => Enumerable.Repeat(c.Sum(), n[0]))],
            "minimum" => [x.Min()],
            "maximum" => [x.Max()],
            "maxima" => [.. x.Chunk(n[0]).Select(c => c.Max())],
            "scan" => Scan(x),
            "scans" => [.. x.Chunk(n[0]).SelectMany(Scan)],
            "exclusive" => [.. Scan(x).Zip(x, (s, v) => s - v)],
            "reversed" => [.. x.Reverse()],
            "reversed_chunks" => [.. x.Chunk(n[0]).SelectMany(c => c.Reverse())],
            "rotated" => [.. x.Select((_, i) => x[(i + n[0]) % x.Length])],
            "transposed" => [.. Enumerable.Range(0, x.Length).Select(i => x[(i % (x.Length / n[0]) * n[0]) + (i / (x.Length / n[0]))])],
            "histogram" => [.. Enumerable.Range(0, n[0]).Select(k => (double)x.Count(v => (int)v % n[0] == k))],
            "sorted" => [.. x.Order()],
            "stencil" => [.. x.Select((v, i) => (i > 0 ? x[i - 1] : 0) + v + (i + 1 < x.Length ? x[i + 1] : 0))],
            "product" => Product(x, b[1], n[0], n[1]),
            "positives" => [.. x.Where(v => v > 0).Concat(Enumerable.Repeat(0.0, x.Length)).Take(x.Length)],
            "count_positive" => [x.Count(v => v > 0)],
            "factorial" => [.. x.Select(v => Enumerable.Range(1, (int)v).Aggregate(1.0, (p, k) => p * k))],
            "fibonacci" => [.. x.Select(Fibonacci)],
            "collatz" => [.. x.Select(Collatz)],
            "same" => [.. x.Select(v => (double)x.Count(u => u == v))],
            _ => throw new ArgumentException($"no reference '{name}'", nameof(name)),
        };
    }

    private static double[] Scan(double[] x)
    {
        double sum = 0;
        return [.. x.Select(v => sum += v)];
    }

    // a is m × k, b is k × n.
    private static double[] Product(double[] a, double[] b, int k, int n) =>
        [.. Enumerable.Range(0, a.Length / k * n).Select(i => Enumerable.Range(0, k).Sum(j => a[(i / n * k) + j] * b[(j * n) + (i % n)]))];

    private static double Fibonacci(double v)
    {
        (double a, double b) = (0, 1);
        for (int i = 0; i < v; i++)
        {
            (a, b) = (b, a + b);
        }

        return a;
    }

    private static double Collatz(double v)
    {
        int steps = 0;
        for (long n = (long)v; n > 1; steps++)
        {
            n = n % 2 == 0 ? n / 2 : (3 * n) + 1;
        }

        return steps;
    }
}
