using System.Collections;
using KernelForge.Evaluator.Correctness;

namespace KernelForge.Evaluator.Tests.Correctness;

public sealed class MismatchPatternTests
{
    private static string Describe(long[] shape, Func<int, bool> wrong)
    {
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        var bits = new BitArray(count);
        for (var i = 0; i < count; i++)
        {
            bits[i] = wrong(i);
        }

        return MismatchPattern.Describe(bits, shape).Text;
    }

    [Fact]
    public void Everything_wrong() => Assert.Equal("everything", Describe([3, 5], _ => true));

    [Fact]
    public void The_only_element_of_a_scalar() => Assert.Equal("the only element", Describe([], _ => true));

    [Fact]
    public void The_tail_of_every_row() => Assert.Equal("tail of every row (from column 64 of 77)", Describe([5, 77], i => i % 77 >= 64));

    [Fact]
    public void The_tail_of_some_rows() => Assert.Equal("tail of 3 of 5 rows (from column 64 of 77)", Describe([5, 77], i => i % 77 >= 64 && i / 77 < 3));

    [Fact]
    public void The_last_rows() => Assert.Equal("the last row of 6", Describe([6, 7], i => i / 7 == 5));

    [Fact]
    public void Whole_rows_in_the_middle() => Assert.Equal("2 whole rows of 6, from row 1", Describe([6, 7], i => i / 7 is 1 or 3));

    [Fact]
    public void One_column() => Assert.Equal("column 2 of every row", Describe([6, 7], i => i % 7 == 2));

    [Fact]
    public void Every_nth_element() => Assert.Equal("every 4th element, from 1", Describe([64], i => i % 4 == 1));

    [Fact]
    public void The_end_of_a_flat_tensor() => Assert.Equal("the last 5 elements of the tensor", Describe([100], i => i >= 95));

    [Fact]
    public void Scattered_elements() => Assert.Equal("3 elements scattered over 100 elements", Describe([100], i => i is 3 or 50 or 71));
}
