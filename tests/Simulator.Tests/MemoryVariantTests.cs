using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Tests.Coverage;
using KernelForge.Simulator.Tests.Exactness;

namespace KernelForge.Simulator.Tests;

/// <summary>
/// Loads, stores, atomics and reductions of the table in every variant that the simulator knows: space, width, vector, cache hint, order and scope. Each of 32 lanes has
/// sixteen bytes of its own, which go through the space that the variant names.
/// </summary>
public sealed partial class MemoryVariantTests
{
    private const int Slot = 16;

    private static IEnumerable<IsaVariant> Known(params string[] names) =>
        IsaTable.Read().Where(r => r.Group == "memory" && names.Contains(r.Pattern.Split('.', '{')[0], StringComparer.Ordinal)).SelectMany(r => r.Variants)
            .Where(v => !v.Opcode.Contains("param", StringComparison.Ordinal) && !v.Opcode.Contains("cluster.", StringComparison.Ordinal) && !v.Opcode.Contains("::cluster", StringComparison.Ordinal) && CoverageReport.Refusal(v) is null);

    private static byte[] Pattern => [.. Enumerable.Range(0, 32 * Slot).Select(i => (byte)((i * 37) + 101))];

    [Theory]
    [InlineData(".global")]
    [InlineData(".shared")]
    [InlineData(".local")]
    [InlineData(".const")]
    [InlineData("generic")]
    public void Every_load_brings_the_bytes_that_are_there(string space)
    {
        foreach (IsaVariant variant in Known("ld", "ldu").Where(v => SpaceOf(v.Opcode) == space))
        {
            string[] registers = [.. RegisterPattern().Matches(variant.Operands[..variant.Operands.LastIndexOf('[')]).Select(m => m.Value)];
            string type = ElementType(variant.Opcode);
            int size = type == "b128" ? 16 : IntegerOracle.Bits("u" + type[1..]) / 8;
            string policy = variant.Operands.EndsWith("], L", StringComparison.Ordinal) ? ", %l9" : "";
            string body = $"{variant.Opcode} {Named(variant.Operands[..variant.Operands.LastIndexOf('[')])}[%l3]{policy};\n" + Out(registers);
            using KernelRun run = Run(space, body);
            ulong[] got = run.In("in", Pattern).Out<ulong>("out", 32 * 4).Clean(new Dim3(1), new Dim3(32)).Read<ulong>("out");
            for (int lane = 0; lane < 32; lane++)
            {
                for (int k = 0; k < registers.Length * (size == 16 ? 2 : 1); k++)
                {
                    ulong bits = Bytes(Pattern, (lane * Slot) + (k * Math.Min(size, 8)), Math.Min(size, 8));
                    ulong expected = type[0] == 's' && size < 8 ? IntegerOracle.Wrap(IntegerOracle.Value(type, bits), registers[0] == "H" ? 16 : 32) : bits;
                    Assert.True(expected == got[(lane * 4) + k], $"{variant.Opcode} lane {lane} element {k}: expected 0x{expected:x}, got 0x{got[(lane * 4) + k]:x}");
                }
            }
        }
    }

    [Theory]
    [InlineData(".global")]
    [InlineData(".shared")]
    [InlineData(".local")]
    [InlineData("generic")]
    public void Every_store_leaves_its_bytes_and_no_others(string space)
    {
        foreach (IsaVariant variant in Known("st").Where(v => SpaceOf(v.Opcode) == space))
        {
            string values = variant.Operands[(variant.Operands.IndexOf(']') + 2)..];
            string policy = variant.Opcode.Contains("cache_hint", StringComparison.Ordinal) ? ", %l9" : "";
            string named = Named(policy.Length > 0 ? values[..values.LastIndexOf(',')] : values).Trim();
            string[] registers = [.. RegisterPattern().Matches(policy.Length > 0 ? values[..values.LastIndexOf(',')] : values).Select(m => m.Value)];
            string type = ElementType(variant.Opcode);
            int size = type == "b128" ? 16 : IntegerOracle.Bits("u" + type[1..]) / 8;
            var body = new StringBuilder();
            for (int k = 0; k < registers.Length; k++)
            {
                body.Append(CultureInfo.InvariantCulture, $"mov.u64 %l15, 0x8192a3b4c5d6e7{k:x2}; ").AppendLine(registers[k] switch
                {
                    "H" => $"mov.b64 {{%h{k + 1}, %h20, %h21, %h22}}, %l15;",
                    "R" => $"mov.b64 {{%r{k + 1}, %r20}}, %l15;",
                    "Q" => $"mov.b128 %q{k + 1}, {{%l15, %l15}};",
                    _ => $"mov.u64 %l{k + 1}0, %l15;",
                });
            }

            body.AppendLine(CultureInfo.InvariantCulture, $"{variant.Opcode} [%l3], {named}{policy};");
            string back = space == "generic" ? ".global" : space;
            for (int w = 0; w < 4; w++)
            {
                body.AppendLine(CultureInfo.InvariantCulture, $"ld{back}.u32 %r21, [%l3+{w * 4}]; st.global.u32 [%l4+{w * 4}], %r21;");
            }

            using KernelRun run = Run(space, body.ToString(), slotBytes: Slot);
            byte[] got = run.In("in", Pattern, readOnly: false).Out<byte>("out", 32 * Slot).Clean(new Dim3(1), new Dim3(32)).Read<byte>("out");
            byte[] expected = Pattern;
            for (int lane = 0; lane < 32; lane++)
            {
                for (int b = 0; b < registers.Length * size; b++)
                {
                    ulong value = 0x8192a3b4c5d6e700 + (ulong)(b / size);
                    expected[(lane * Slot) + b] = (byte)(value >> (8 * (b % size % 8)));
                }
            }

            Assert.True(expected.AsSpan().SequenceEqual(got), variant.Opcode);
        }
    }

    [Theory]
    [InlineData(".global")]
    [InlineData(".shared")]
    [InlineData("generic")]
    public void Every_atomic_returns_what_was_there_and_leaves_the_result(string space)
    {
        foreach (IsaVariant variant in Known("atom", "red").Where(v => SpaceOf(v.Opcode) == space))
        {
            string[] parts = variant.Opcode.Split('.');
            bool reduce = parts[0] == "red";
            string type = ElementType(variant.Opcode);
            int size = type == "b128" ? 16 : IntegerOracle.Bits("u" + (type.EndsWith("x2", StringComparison.Ordinal) ? "32" : type[(type[0] == 'b' && type[1] == 'f' ? 2 : 1)..])) / 8;
            int count = parts.FirstOrDefault(p => p is "v2" or "v4" or "v8") is { } vector ? vector[1] - '0' : 1;
            string operation = parts.First(p => p is "add" or "min" or "max" or "and" or "or" or "xor" or "exch" or "cas" or "inc" or "dec");
            string letter = size switch { 2 => "h", 4 => "r", 8 => "l", _ => "q" };
            string List(int from) => count == 1 ? $"%{letter}{from}" : "{" + string.Join(", ", Enumerable.Range(from, count).Select(i => $"%{letter}{i}")) + "}";
            ulong Operand(int lane, int k) => type.StartsWith('f') || type.StartsWith("bf", StringComparison.Ordinal) ? FloatBits(type, (lane % 5) + k - 2) : (ulong)(uint)((lane * 77) + k + 3);
            ulong Start(int lane, int k) => type.StartsWith('f') || type.StartsWith("bf", StringComparison.Ordinal) ? FloatBits(type, lane - 7 + k) : operation == "cas" && lane % 2 == 0 ? Operand(lane, k) : (ulong)(uint)((lane * 50) + k);
            byte[] memory = new byte[32 * Slot], operands = new byte[32 * Slot];
            for (int lane = 0; lane < 32; lane++)
            {
                for (int k = 0; k < count; k++)
                {
                    BitConverter.GetBytes(Start(lane, k)).AsSpan(0, Math.Min(size, 8)).CopyTo(memory.AsSpan((lane * Slot) + (k * size)));
                    BitConverter.GetBytes(Operand(lane, k)).AsSpan(0, Math.Min(size, 8)).CopyTo(operands.AsSpan((lane * Slot) + (k * size)));
                }
            }

            var body = new StringBuilder();
            string move = size switch { 2 => "u16", 4 => "u32", _ => "u64" };
            for (int k = 0; k < count; k++)
            {
                body.AppendLine(size == 16
                    ? "ld.global.v2.u64 {%l11, %l12}, [%l5]; mov.b128 %q9, {%l11, %l12}; mov.u64 %l13, 9; mov.b128 %q10, {%l13, %l13};"
                    : $"ld.global.{move} %{letter}{9 + k}, [%l5+{k * size}]; mov.{move} %{letter}20, 9;");
            }

            string third = operation == "cas" ? size == 16 ? ", %q10" : $", %{letter}20" : "";
            string policy = variant.Opcode.Contains("cache_hint", StringComparison.Ordinal) ? ", %l9" : "";
            body.AppendLine(CultureInfo.InvariantCulture, $"{variant.Opcode} {(reduce ? "" : List(1) + ", ")}[%l3], {List(9)}{third}{policy};");
            if (!reduce)
            {
                for (int k = 0; k < count; k++)
                {
                    body.AppendLine(size == 16 ? "mov.b128 {%l11, %l12}, %q1; st.global.v2.u64 [%l4], {%l11, %l12};" : $"st.global.{move} [%l4+{k * size}], %{letter}{1 + k};");
                }
            }

            for (int w = 0; w < 4; w++)
            {
                body.AppendLine(CultureInfo.InvariantCulture, $"ld{(space == ".shared" ? space : ".global")}.u32 %r21, [%l3+{w * 4}]; st.global.u32 [%l4+{512 + (w * 4)}], %r21;");
            }

            using KernelRun run = Run(space, body.ToString(), slotBytes: Slot);
            byte[] got = run.In("in", memory, readOnly: false).In("out", new byte[2 * 32 * Slot], readOnly: false).In("operands", operands).Clean(new Dim3(1), new Dim3(32)).Read<byte>("out");
            for (int lane = 0; lane < 32; lane++)
            {
                for (int k = 0; k < count; k++)
                {
                    int at = (lane * Slot) + (k * size), read = Math.Min(size, 8);
                    ulong old = Start(lane, k), expected = Combine(operation, type, old, Operand(lane, k));
                    Assert.True(reduce || old == Bytes(got, at, read), $"{variant.Opcode} lane {lane} element {k}: returned 0x{Bytes(got, at, read):x}, there was 0x{old:x}");
                    Assert.True(expected == Bytes(got, 512 + at, read), $"{variant.Opcode} lane {lane} element {k}: 0x{old:x} with 0x{Operand(lane, k):x} gives 0x{expected:x}, got 0x{Bytes(got, 512 + at, read):x}");
                }
            }
        }
    }

    [Fact]
    public void Fences_prefetches_and_policies_change_nothing()
    {
        string[] statements = [.. Known("membar", "fence", "prefetch", "prefetchu", "applypriority", "discard", "createpolicy").Where(v => v.Operands.Length == 0 || v.Opcode.Contains("policy", StringComparison.Ordinal) || v.Operands.StartsWith("[L]", StringComparison.Ordinal))
            .Select(v => $"{v.Opcode} {v.Operands.Replace("[L]", v.Opcode.Contains(".local", StringComparison.Ordinal) ? "[%l8]" : "[%l3]", StringComparison.Ordinal).Replace("L,", "%l10,", StringComparison.Ordinal).Replace("R", "%r9", StringComparison.Ordinal)};")];
        Assert.NotEmpty(statements);
        using KernelRun run = Run(".global", string.Join('\n', statements) + "\nld.global.u64 %l10, [%l3]; st.global.u64 [%l4], %l10;");
        ulong[] got = run.In("in", Pattern, readOnly: false).In("out", new ulong[32 * 4], readOnly: false).Clean(new Dim3(1), new Dim3(32)).Read<ulong>("out");
        Assert.Equal(Enumerable.Range(0, 32).Select(l => Bytes(Pattern, l * Slot, 8)), Enumerable.Range(0, 32).Select(l => got[l * 4]));
    }

    private static ulong FloatBits(string type, int value)
    {
        ulong one = Format.Named(type).Of(value);
        return type.EndsWith("x2", StringComparison.Ordinal) ? one | (Format.Named(type).Of(value + 1) << 16) : one;
    }

    private static ulong Combine(string operation, string type, ulong old, ulong b)
    {
        if (type.EndsWith("x2", StringComparison.Ordinal))
        {
            return Combine(operation, type[..^2], old & 0xffff, b & 0xffff) | (Combine(operation, type[..^2], old >> 16, b >> 16) << 16);
        }

        if (type.StartsWith('f') || type.StartsWith("bf", StringComparison.Ordinal))
        {
            return FloatOracle.Compute([operation, "rn", type], Format.Named(type), [old, b]);
        }

        ulong mask = type is "b128" or "u64" or "b64" or "s64" ? ulong.MaxValue : (1UL << IntegerOracle.Bits("u" + type[1..])) - 1;
        return mask & operation switch
        {
            "add" => old + b,
            "and" => old & b,
            "or" => old | b,
            "xor" => old ^ b,
            "exch" => b,
            "cas" => old == b ? 9 : old,
            "inc" => old >= b ? 0 : old + 1,
            "dec" => old == 0 || old > b ? b : old - 1,
            _ => IntegerOracle.Value(type, old) < IntegerOracle.Value(type, b) == (operation == "min") ? old : b,
        };
    }

    /// <summary>A kernel whose %l3 is the lane's slot in the space, %l4 its place in out, %l5 in the third buffer.</summary>
    private static KernelRun Run(string space, string body, int slotBytes = 32)
    {
        string place = space switch
        {
            ".shared" => "mov.u32 %r11, sh; mad.lo.u32 %r11, %r10, 16, %r11; cvt.u64.u32 %l3, %r11;\n" + Copy("shared"),
            ".local" => "mov.u64 %l3, lo;\n" + Copy("local"),
            ".const" => "mov.u64 %l3, co; mul.wide.u32 %l6, %r10, 16; add.u64 %l3, %l3, %l6;",
            _ => "mov.u64 %l3, %l2;",
        };
        return KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .const .align 16 .b8 co[512] = { {{string.Join(", ", Pattern)}} };
            .visible .entry k(.param .u64 in, .param .u64 out, .param .u64 third)
            {
            .reg .b16 %h<32>; .reg .b32 %r<32>; .reg .b64 %l<32>; .reg .b128 %q<16>;
            .shared .align 16 .b8 sh[512];
            .local .align 16 .b8 lo[16];
            mov.u32 %r10, %tid.x; mov.u16 %h19, 0; mov.u32 %r19, 0; mov.u64 %l9, 0; mov.u64 %l8, lo;
            ld.param.u64 %l2, [in]; mul.wide.u32 %l6, %r10, 16; add.u64 %l2, %l2, %l6;
            ld.param.u64 %l4, [out]; mul.wide.u32 %l6, %r10, {{slotBytes}}; add.u64 %l4, %l4, %l6;
            ld.param.u64 %l5, [third]; mul.wide.u32 %l6, %r10, 16; add.u64 %l5, %l5, %l6;
            {{place}}
            {{body}}
            ret;
            }
            """,
            "k").Spare();
    }

    private static string Copy(string space) => string.Concat(Enumerable.Range(0, 4).Select(w => $"ld.global.u32 %r12, [%l2+{w * 4}]; st.{space}.u32 [%l3+{w * 4}], %r12;\n"));

    private static string Named(string operands)
    {
        int number = 0;
        return RegisterPattern().Replace(operands, m => $"%{char.ToLowerInvariant(m.Value[0])}{++number}{(m.Value == "L" ? "0" : "")}");
    }

    private static string Out(string[] registers)
    {
        var text = new StringBuilder();
        for (int k = 0; k < registers.Length; k++)
        {
            text.AppendLine(registers[k] switch
            {
                "H" => $"mov.b64 %l7, {{%h{k + 1}, %h19, %h19, %h19}}; st.global.u64 [%l4+{k * 8}], %l7;",
                "R" => $"mov.b64 %l7, {{%r{k + 1}, %r19}}; st.global.u64 [%l4+{k * 8}], %l7;",
                "Q" => "mov.b128 {%l7, %l8}, %q1; st.global.v2.u64 [%l4], {%l7, %l8};",
                _ => $"st.global.u64 [%l4+{k * 8}], %l{k + 1}0;",
            });
        }

        for (int k = registers.Length * (registers[0] == "Q" ? 2 : 1); k < 4; k++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"st.global.u64 [%l4+{k * 8}], %l9;");
        }

        return text.ToString();
    }

    private static string SpaceOf(string opcode) => opcode.Split('.').FirstOrDefault(p => p is "global" or "shared" or "local" or "const") is { } s ? "." + s : "generic";

    private static string ElementType(string opcode) => opcode.Split('.').Last(p => TypePattern().IsMatch(p));

    private static ulong Bytes(byte[] from, int at, int count)
    {
        byte[] word = new byte[8];
        from.AsSpan(at, count).CopyTo(word);
        return BitConverter.ToUInt64(word);
    }

    [GeneratedRegex(@"(?<![\w%.:])[PHRLQ](?![\w.:])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegisterPattern();

    [GeneratedRegex("^([busf](8|16|32|64|128)|b?f16(x2)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypePattern();
}
