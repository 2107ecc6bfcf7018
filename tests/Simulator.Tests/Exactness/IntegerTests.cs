using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Tests.Coverage;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>Every integer, logic and bit instruction of the table, in every variant, against big integers (PTX ISA §9.7.1, §9.7.2, §9.7.8).</summary>
public sealed class IntegerTests
{
    private static IEnumerable<IsaRow> IntegerRows => IsaTable.Read().Where(r => r.Group == "integer, logic, bit");

    public static TheoryData<string, string> Rows => [.. IntegerRows.Select(r => (r.Pattern, r.Operands))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_variant_agrees_with_big_integers(string pattern, string operands)
    {
        foreach (IsaVariant variant in IntegerRows.First(r => r.Pattern == pattern && r.Operands == operands).Variants)
        {
            string sources = Operation.Sources(operands);
            static int Bits(char letter) => letter switch { 'P' => 1, 'H' => 16, 'R' => 32, _ => 64 };
            ulong[][] cases = Cases.Mix(sources.Length, 6000, variant.Opcode.Length, s => sources[s] == 'P' ? [0, 1] : Cases.Integers(Bits(sources[s])), (s, random) => Cases.RandomInteger(Bits(sources[s]), random));
            Operation.Check(variant, cases, v => IntegerOracle.Compute(variant.Opcode.Split('.'), v));
        }
    }

    [Theory]
    [InlineData("dp4a.s32.s32")]
    [InlineData("dp4a.u32.s32")]
    public void Products_of_every_two_bytes_are_right(string opcode)
    {
        ulong[] a = [.. Enumerable.Range(0, 65536).Select(i => (ulong)(i & 255))];
        ulong[] b = [.. Enumerable.Range(0, 65536).Select(i => (ulong)(uint)(i >> 8) * 0x01000001UL)];
        Operation.Check(new IsaVariant(opcode, "R, R, R, R"), [a, b, new ulong[65536]], v => IntegerOracle.Compute(opcode.Split('.'), v));
    }

    [Theory]
    [InlineData("mul.wide.s16", "R, H, H")]
    [InlineData("div.s16", "H, H, H")]
    [InlineData("rem.u16", "H, H, H")]
    [InlineData("sad.s16", "H, H, H, H")]
    public void Every_two_bytes_as_16_bit_operands_are_right(string opcode, string operands)
    {
        ulong[] a = [.. Enumerable.Range(0, 65536).Select(i => (ulong)(ushort)(short)(sbyte)i)];
        ulong[] b = [.. Enumerable.Range(0, 65536).Select(i => (ulong)(ushort)(short)(sbyte)(i >> 8))];
        ulong[][] cases = [.. new[] { a, b, new ulong[65536] }.Take(Operation.Sources(operands).Length)];
        Operation.Check(new IsaVariant(opcode, operands), cases, v => IntegerOracle.Compute(opcode.Split('.'), v));
    }

    // What stands above a 16-bit register's bits in the simulator must never be seen.
    [Theory]
    [InlineData("cvt.s16.s8 %h1, %h1; cvt.u32.u16 %r1, %h1;", 0xfff6u)]
    [InlineData("cvt.s16.s8 %h1, %h1; mov.u16 %h2, 0xfff6; setp.eq.b16 %p1, %h1, %h2; selp.u32 %r1, 1, 0, %p1;", 1u)]
    [InlineData("cvt.s16.s8 %h1, %h1; mov.u16 %h2, 0xfff7; setp.lt.u16 %p1, %h1, %h2; selp.u32 %r1, 1, 0, %p1;", 1u)]
    [InlineData("cvt.s16.s8 %h1, %h1; mov.u16 %h2, 0x10; div.u16 %h1, %h1, %h2; cvt.u32.u16 %r1, %h1;", 0xfffu)]
    [InlineData("cvt.s16.s8 %h1, %h1; shr.u16 %h1, %h1, 4; cvt.u32.u16 %r1, %h1;", 0xfffu)]
    [InlineData("cvt.s16.s8 %h1, %h1; mov.b32 %r1, {%h1, %h1};", 0xfff6fff6u)]
    [InlineData("cvt.s32.s8 %r1, %h1;", 0xfffffff6u)]
    [InlineData("cvt.s32.s16 %r2, %h1; cvt.s16.s32 %h1, %r2; cvt.s32.s16 %r1, %h1;", 0x00f6u)]
    public void A_register_of_16_bits_holds_no_more(string body, uint expected)
    {
        using var run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 out)
            {
            .reg .pred %p<4>; .reg .b16 %h<4>; .reg .b32 %r<4>; .reg .b64 %l<4>;
            ld.param.u64 %l1, [out];
            mov.u16 %h1, 0xf6;
            {{body}}
            st.global.u32 [%l1], %r1;
            ret;
            }
            """,
            "k");
        Assert.Equal(expected, run.Out<uint>("out", 1).Clean(new Dim3(1), new Dim3(1)).Read<uint>("out")[0]);
    }

    [Theory]
    [InlineData("add.cc.u32 %r10, %r1, %r3; addc.cc.u32 %r11, %r2, %r4; addc.u32 %r12, 0, 0;", "add")]
    [InlineData("sub.cc.u32 %r10, %r1, %r3; subc.cc.u32 %r11, %r2, %r4; subc.u32 %r12, 0, 0;", "sub")]
    [InlineData("mad.lo.cc.u32 %r10, %r1, %r3, %r2; madc.hi.cc.u32 %r11, %r1, %r3, %r4; addc.u32 %r12, 0, 0;", "mad")]
    public void A_carry_goes_through_a_chain(string body, string kind)
    {
        ulong[][] cases = Cases.Mix(4, 4000, 5, _ => Cases.Integers(32), (_, random) => Cases.RandomInteger(32, random));
        using var run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 a, .param .u64 out)
            {
            .reg .b32 %r<32>; .reg .b64 %l<8>;
            mov.u32 %r20, %ctaid.x; mov.u32 %r21, %tid.x; mad.lo.u32 %r20, %r20, 100, %r21;
            mul.wide.u32 %l1, %r20, 16; ld.param.u64 %l2, [a]; add.u64 %l2, %l2, %l1; ld.param.u64 %l3, [out]; add.u64 %l3, %l3, %l1;
            ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%l2];
            {{body}}
            mov.u32 %r13, 0;
            st.global.v4.u32 [%l3], {%r10, %r11, %r12, %r13};
            ret;
            }
            """,
            "k");
        int count = cases[0].Length;
        run.In("a", Enumerable.Range(0, count).SelectMany(i => cases.Select(c => (uint)c[i])).ToArray()).Out<uint>("out", 4 * count).Clean(new Dim3(count / 100), new Dim3(100));
        uint[] got = run.Read<uint>("out");
        for (int i = 0; i < count; i++)
        {
            UInt128 low = cases[0][i] | (cases[1][i] << 32), high = cases[2][i] | (cases[3][i] << 32);
            UInt128 expected = kind switch
            {
                "add" => low + high,
                "sub" => low - high,
                _ => ((UInt128)cases[0][i] * cases[2][i]) + (cases[1][i] | (cases[3][i] << 32)),
            };
            Assert.Equal(expected & (((UInt128)1 << 96) - 1), got[4 * i] | ((UInt128)got[(4 * i) + 1] << 32) | ((UInt128)got[(4 * i) + 2] << 64));
        }
    }
}
