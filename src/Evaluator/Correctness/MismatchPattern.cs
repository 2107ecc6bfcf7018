using System.Collections;

namespace KernelForge.Evaluator.Correctness;

/// <summary>Which elements differ, and what that suggests.</summary>
/// <param name="Text">The pattern in a few words.</param>
/// <param name="Hint">Its usual cause; null where it has none.</param>
internal sealed record Pattern(string Text, string? Hint);

/// <summary>Says in a few words which elements of an output differ, and what that suggests.</summary>
internal static class MismatchPattern
{
    /// <summary>The pattern, and a hint where the pattern has a usual cause.</summary>
    public static Pattern Describe(BitArray mismatches, IReadOnlyList<long> shape)
    {
        var count = mismatches.Count;
        var wrong = 0;
        var first = -1;
        var last = -1;
        for (var i = 0; i < count; i++)
        {
            if (mismatches[i])
            {
                wrong++;
                first = first < 0 ? i : first;
                last = i;
            }
        }

        if (count == 1)
        {
            return new Pattern("the only element", null);
        }

        if (wrong == count)
        {
            return new Pattern("everything", "every element is wrong: the formula, an operand or the output's index is wrong throughout");
        }

        var columns = shape.Count == 0 ? 1 : (int)shape[^1];
        return Rows(mismatches, count, columns, wrong)
            ?? Strided(mismatches, count, wrong, first)
            ?? (last == count - 1 && wrong == last - first + 1
                ? new Pattern($"the last {Elements(wrong)} of the tensor", "the tail is wrong: a guard or the grid's rounding up (ceil_div) is missing")
                : first == 0 && wrong == last + 1
                    ? new Pattern($"the first {Elements(wrong)} of the tensor", null)
                    : wrong == last - first + 1
                        ? new Pattern($"{Elements(wrong)} in one run, from linear index {first}", null)
                        : new Pattern($"{Elements(wrong)} scattered over {Elements(count)}", null));
    }

    private static string Elements(long count) => count == 1 ? "element" : $"{count} elements";

    private static Pattern? Rows(BitArray mismatches, int count, int columns, int wrong)
    {
        var rows = columns == 0 ? 0 : count / columns;
        if (rows < 2 || columns < 2)
        {
            return null;
        }

        var perColumn = new int[columns];
        var wholeRows = 0;
        var touchedRows = 0;
        var firstRow = -1;
        var lastRow = -1;
        for (var row = 0; row < rows; row++)
        {
            var inRow = 0;
            for (var column = 0; column < columns; column++)
            {
                if (mismatches[(row * columns) + column])
                {
                    inRow++;
                    perColumn[column]++;
                }
            }

            wholeRows += inRow == columns ? 1 : 0;
            touchedRows += inRow > 0 ? 1 : 0;
            if (inRow > 0)
            {
                firstRow = firstRow < 0 ? row : firstRow;
                lastRow = row;
            }
        }

        if (wholeRows > 0 && wholeRows == touchedRows)
        {
            var which = lastRow == rows - 1 && wholeRows == lastRow - firstRow + 1
                ? $"the last {(wholeRows == 1 ? "row" : $"{wholeRows} rows")} of {rows}"
                : $"{wholeRows} whole {(wholeRows == 1 ? "row" : "rows")} of {rows}, from row {firstRow}";
            return new Pattern(which, "whole rows are wrong: look at the row index, or at what the reduction over a row spans");
        }

        var firstColumn = Array.FindIndex(perColumn, n => n > 0);
        var lastColumn = Array.FindLastIndex(perColumn, n => n > 0);
        var width = lastColumn - firstColumn + 1;
        var touchedAll = touchedRows == rows;
        if (width < columns && wrong >= 0.7 * width * touchedRows && touchedRows >= 2)
        {
            var rowsText = touchedAll ? "every row" : $"{touchedRows} of {rows} rows";
            return lastColumn == columns - 1
                ? new Pattern($"tail of {rowsText} (from column {firstColumn} of {columns})", "the tail of a row is wrong: a guard or padding is missing, or the size is taken for a multiple of the tile")
                : firstColumn == lastColumn
                    ? new Pattern($"column {firstColumn} of {rowsText}", null)
                    : new Pattern($"columns {firstColumn} to {lastColumn} of {rowsText}", null);
        }

        return null;
    }

    private static Pattern? Strided(BitArray mismatches, int count, int wrong, int first)
    {
        for (var step = 2; step <= 64 && step < count; step++)
        {
            var offset = first % step;
            var possible = (count - offset + step - 1) / step;
            if (possible < 4 || wrong != possible)
            {
                continue;
            }

            var all = true;
            for (var i = offset; i < count && all; i += step)
            {
                all = mismatches[i];
            }

            if (all)
            {
                return new Pattern($"every {Ordinal(step)} element, from {offset}", "elements at a fixed distance are wrong: look at a stride or at the width of vector accesses");
            }
        }

        return null;
    }

    private static string Ordinal(int number) => (number % 10, number % 100) switch
    {
        (1, not 11) => $"{number}st",
        (2, not 12) => $"{number}nd",
        (3, not 13) => $"{number}rd",
        _ => $"{number}th",
    };
}
