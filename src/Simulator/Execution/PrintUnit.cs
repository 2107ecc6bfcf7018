using System.Globalization;
using System.Numerics;
using System.Text;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary><c>printf</c> (vprintf with a packed argument buffer) and <c>assert</c>. Bounded: 4 KiB a block's turn in the log, then nothing.</summary>
internal static unsafe class PrintUnit
{
    private const int MaxPrinted = 16 * 1024;

    public static void Print(BlockContext block, WarpState warp, Instruction* ins, uint mask)
    {
        int frame = ControlUnit.FramePointer(warp);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte* local = block.Local + ((((long)warp.Index * 32) + lane) * block.LocalBytes) + frame;
            ulong format = *(ulong*)(local + ins->Imm);
            ulong arguments = *(ulong*)(local + ins->A);
            if (block.Printed.Length < MaxPrinted)
            {
                Format(block, warp, lane, ReadText(block, format), arguments);
            }

            if (ins->D >= 0)
            {
                *(uint*)(local + ins->D) = 1;
            }
        }
    }

    public static void Assert(BlockContext block, WarpState warp, Instruction* ins, uint mask)
    {
        int frame = ControlUnit.FramePointer(warp);
        int lane = BitOperations.TrailingZeroCount(mask);
        byte* local = block.Local + ((((long)warp.Index * 32) + lane) * block.LocalBytes) + frame;
        string message = ReadText(block, *(ulong*)(local + ins->Imm));
        string file = ReadText(block, *(ulong*)(local + ins->Imm + 8));
        uint line = *(uint*)(local + ins->A);
        (int x, int y, int z) = block.ThreadOf(warp, lane);
        block.Printed.Append(CultureInfo.InvariantCulture, $"{file}:{line}: block: [{block.Block.X},{block.Block.Y},{block.Block.Z}], thread: [{x},{y},{z}] Assertion `{message}` failed.\n");
    }

    private static string ReadText(BlockContext block, ulong address)
    {
        DeviceBuffer? buffer = block.Launch.Memory.Find(address);
        if (buffer is null)
        {
            return "(null)";
        }

        long offset = (long)(address - buffer.Address);
        var text = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (offset < buffer.ByteLength && text.Count < 1024)
        {
            buffer.Copy(offset++, one);
            if (one[0] == 0)
            {
                break;
            }

            text.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. text]);
    }

    private static ulong Argument(BlockContext block, WarpState warp, int lane, ulong address, int size)
    {
        byte* p = null;
        if (address - AddressWindow.Local < AddressWindow.Size && (long)(address - AddressWindow.Local) + size <= block.LocalBytes)
        {
            p = block.Local + ((((long)warp.Index * 32) + lane) * block.LocalBytes) + (long)(address - AddressWindow.Local);
        }

        return p == null ? 0 : size == 8 ? *(ulong*)p : *(uint*)p;
    }

    private static void Format(BlockContext block, WarpState warp, int lane, string format, ulong arguments)
    {
        StringBuilder output = block.Printed;
        ulong at = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                output.Append(format[i]);
                continue;
            }

            if (++i >= format.Length)
            {
                break;
            }

            if (format[i] == '%')
            {
                output.Append('%');
                continue;
            }

            bool left = false, zero = false, plus = false;
            while (i < format.Length && "-+ #0".Contains(format[i]))
            {
                left |= format[i] == '-';
                zero |= format[i] == '0';
                plus |= format[i] == '+';
                i++;
            }

            int width = Number(format, ref i);
            int precision = -1;
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = Number(format, ref i);
            }

            int longs = 0;
            while (i < format.Length && format[i] is 'l' or 'h' or 'z' or 'j' or 't')
            {
                longs += format[i] is 'l' or 'z' or 'j' or 't' ? 1 : 0;
                i++;
            }

            if (i >= format.Length)
            {
                break;
            }

            char kind = format[i];
            int size = kind is 'f' or 'F' or 'e' or 'E' or 'g' or 'G' or 'a' or 's' or 'p' || longs > 0 ? 8 : 4;
            at = (at + (ulong)size - 1) & ~((ulong)size - 1);
            ulong value = Argument(block, warp, lane, arguments + at, size);
            at += (ulong)size;
            string text = kind switch
            {
                'd' or 'i' => (size == 8 ? (long)value : (int)value).ToString(CultureInfo.InvariantCulture),
                'u' => value.ToString(CultureInfo.InvariantCulture),
                'x' => value.ToString("x", CultureInfo.InvariantCulture),
                'X' => value.ToString("X", CultureInfo.InvariantCulture),
                'o' => Convert.ToString((long)value, 8),
                'c' => ((char)(value & 0x7f)).ToString(),
                's' => ReadText(block, value),
                'p' => "0x" + value.ToString("x", CultureInfo.InvariantCulture),
                'f' or 'F' => Floating(value, "F" + (precision < 0 ? 6 : precision)),
                'e' or 'E' => Exponent(value, precision < 0 ? 6 : precision, kind),
                'g' or 'G' => Floating(value, "G" + (precision < 0 ? 6 : Math.Max(1, precision))),
                _ => "%" + kind,
            };
            if (plus && kind is 'd' or 'i' or 'f' && text[0] != '-')
            {
                text = "+" + text;
            }

            width = Math.Min(width, 256);
            output.Append(left ? text.PadRight(width) : zero ? text.PadLeft(width, '0') : text.PadLeft(width));
        }
    }

    private static string Floating(ulong bits, string format)
    {
        double d = BitConverter.UInt64BitsToDouble(bits);
        return double.IsNaN(d) ? "nan" : double.IsInfinity(d) ? (d > 0 ? "inf" : "-inf") : d.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Exponent(ulong bits, int precision, char kind)
    {
        double d = BitConverter.UInt64BitsToDouble(bits);
        return double.IsFinite(d) ? d.ToString("0." + new string('0', Math.Min(precision, 40)) + kind + "+00", CultureInfo.InvariantCulture) : Floating(bits, "F");
    }

    private static int Number(string format, ref int i)
    {
        int n = 0;
        while (i < format.Length && char.IsAsciiDigit(format[i]))
        {
            n = Math.Min(1000, (n * 10) + format[i++] - '0');
        }

        return n;
    }
}
