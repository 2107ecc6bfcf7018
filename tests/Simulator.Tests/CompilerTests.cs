using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Tests;

/// <summary>
/// Random programs in both back ends: <see cref="KernelRun.Launch(Dim3, Dim3)"/> compares everything that can be seen of them. Beside these
/// every other test of a kernel runs both.
/// </summary>
public sealed class CompilerTests
{
    private static readonly string[] IntegerOperations =
    [
        "add.s32", "sub.s32", "mul.lo.s32", "and.b32", "or.b32", "xor.b32", "min.s32", "max.s32", "min.u32", "max.u32", "mul.hi.u32", "mul.hi.s32",
        "div.u32", "rem.s32", "shl.b32", "shr.u32", "shr.s32", "mul24.lo.u32",
    ];

    private static readonly string[] Comparisons = ["setp.lt.s32", "setp.ge.s32", "setp.lt.u32", "setp.hi.u32", "setp.eq.s32", "setp.ne.s32"];

    // Whole warps, rows of sixteen, a block that ends inside a warp, three dimensions.
    private static readonly Dim3[] Blocks = [new(64), new(16, 8), new(8, 4, 3), new(50), new(7, 5)];

    /// <summary>Statements over ten registers: some start the same for all lanes, some as base and step, some as anything.</summary>
    private sealed class Source(Random random)
    {
        private readonly StringBuilder text = new();
        private int labels;

        public string Kernel(int statements)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                .version 8.4
                .target sm_90a
                .address_size 64
                .visible .entry random(.param .u64 p_in, .param .u64 p_out, .param .u32 p_n, .param .u32 p_m)
                {"{"}
                .reg .pred %p<5>;
                .reg .b32 %r<12>;
                .reg .b64 %d<12>;
                .reg .f32 %f<4>;
                .shared .align 4 .b8 tile[1024];
                ld.param.u64 %d0, [p_in];
                ld.param.u64 %d1, [p_out];
                ld.param.u32 %r0, [p_n];
                ld.param.u32 %r1, [p_m];
                mov.u32 %r2, %tid.x;
                mov.u32 %r3, %tid.y;
                mov.u32 %r4, %ctaid.x;
                mov.u32 %r5, %laneid;
                mov.u32 %r6, %ntid.x;
                mov.u32 %r7, %tid.z;
                mad.lo.s32 %r7, %r7, 4, %r3;
                mad.lo.s32 %r10, %r7, %r6, %r2;
                and.b32 %r10, %r10, 255;
                mul.wide.u32 %d2, %r10, 4;
                mov.u64 %d4, tile;
                add.s64 %d5, %d4, %d2;
                add.s64 %d3, %d0, %d2;
                ld.global.u32 %r8, [%d3];
                ld.global.u32 %r9, [%d3+1024];
                st.shared.u32 [%d5], %r9;
                setp.lt.s32 %p1, %r8, %r2;
                setp.lt.u32 %p2, %r4, 1;
                setp.eq.s32 %p3, %r5, 3;
                bar.sync 0;

                """);
            for (int i = 0; i < statements; i++)
            {
                Statement(2);
            }

            text.Append(CultureInfo.InvariantCulture, $"""
                mov.u32 %r11, %ctaid.x;
                mad.lo.s32 %r10, %r11, 128, %r10;
                mul.wide.u32 %d2, %r10, 48;
                add.s64 %d3, %d1, %d2;

                """);
            for (int r = 0; r < 10; r++)
            {
                Line($"st.global.u32 [%d3+{r * 4}], {Register(r)};");
            }

            Line("selp.b32 %r0, 1, 0, %p1;");
            Line("selp.b32 %r1, 1, 0, %p2;");
            Line("st.global.v2.u32 [%d3+40], {%r0, %r1};");
            return text.Append("ret;\n}\n").ToString();
        }

        private static string Register(int number) => $"%r{number}";

        private string Any() => Register(random.Next(10));

        private string Operand() => random.Next(4) == 0 ? random.Next(-40, 40).ToString(CultureInfo.InvariantCulture) : Any();

        private string Predicate() => $"%p{random.Next(1, 4)}";

        private void Line(string line) => text.Append(line).Append('\n');

        private void Statement(int depth)
        {
            switch (random.Next(depth > 0 ? 16 : 10))
            {
                case 0 or 1 or 2 or 3:
                    Line($"{IntegerOperations[random.Next(IntegerOperations.Length)]} {Any()}, {Any()}, {Operand()};");
                    break;
                case 4:
                    Line($"mad.lo.s32 {Any()}, {Any()}, {Operand()}, {Operand()};");
                    break;
                case 5:
                    Line($"{Comparisons[random.Next(Comparisons.Length)]} {Predicate()}, {Any()}, {Operand()};");
                    break;
                case 6:
                    Line($"selp.b32 {Any()}, {Any()}, {Operand()}, {Predicate()};");
                    break;
                case 7:
                    Line($"@{(random.Next(2) == 0 ? "!" : "")}{Predicate()} add.s32 {Any()}, {Any()}, {Operand()};");
                    break;
                case 8:
                    Line($"cvt.s64.s32 %d6, {Any()};");
                    Line($"{(random.Next(2) == 0 ? "add.s64 %d6, %d6, %d2" : "shl.b64 %d6, %d6, 3")};");
                    Line($"cvt.u32.u64 {Any()}, %d6;");
                    break;
                case 9:
                    Memory();
                    break;
                case 10 or 11:
                    If(depth - 1);
                    break;
                case 12:
                    Loop(depth - 1);
                    break;
                case 13:
                    Line($"bfe.{(random.Next(2) == 0 ? "u" : "s")}32 {Any()}, {Any()}, {random.Next(40)}, {random.Next(40)};");
                    break;
                case 14:
                    Line($"lop3.b32 {Any()}, {Any()}, {Any()}, {Any()}, {random.Next(256)};");
                    break;
                default:
                    Line($"shf.{(random.Next(2) == 0 ? "l" : "r")}.{(random.Next(2) == 0 ? "wrap" : "clamp")}.b32 {Any()}, {Any()}, {Any()}, {Operand()};");
                    break;
            }
        }

        private void Memory()
        {
            // Mostly in bounds of the input or the tile; now and then not, which both must find.
            string address = random.Next(3) == 0 ? "%d2" : "%d7";
            Line($"and.b32 %r11, {Any()}, 255;");
            Line("mul.wide.u32 %d7, %r11, 4;");
            switch (random.Next(5))
            {
                case 0:
                    Line($"add.s64 %d8, %d0, {address};");
                    Line($"ld.global.u32 {Any()}, [%d8{(random.Next(12) == 0 ? "+2048" : "")}];");
                    break;
                case 1:
                    Line($"add.s64 %d8, %d4, {address};");
                    Line($"ld.shared.u32 {Any()}, [%d8];");
                    break;
                case 2:
                    // Only a thread's own word: what others see would depend on the order of warps.
                    Line($"st.shared.u32 [%d5], {Any()};");
                    break;
                case 3:
                    Line($"cvt.rn.f32.s32 %f0, {Any()};");
                    Line("mul.rn.f32 %f1, %f0, 0f3F19999A;");
                    Line("fma.rn.f32 %f1, %f1, %f0, 0f40490FDB;");
                    Line($"cvt.rzi.s32.f32 {Any()}, %f1;");
                    break;
                default:
                    string operation = new[] { "add.u32", "min.s32", "max.u32", "xor.b32", "exch.b32", "inc.u32" }[random.Next(6)];
                    Line($"atom.shared.{operation} {Any()}, [%d5], {Any()};");
                    break;
            }
        }

        private void If(int depth)
        {
            int label = labels++;
            Line($"@{Predicate()} bra $else{label};");
            Statement(depth);
            Statement(depth);
            if (random.Next(2) == 0)
            {
                Line($"bra $end{label};");
                Line($"$else{label}:");
                Statement(depth);
            }
            else
            {
                Line($"$else{label}:");
            }

            Line($"$end{label}:");
        }

        /// <summary>Lanes may leave a loop after different numbers of rounds, or by a second way out.</summary>
        private void Loop(int depth)
        {
            int label = labels++;
            string counter = $"%r{label + 12}";
            text.Insert(text.ToString().IndexOf(".reg .b32", StringComparison.Ordinal), $".reg .b32 {counter};\n");
            Line($"and.b32 {counter}, {Any()}, 7;");
            Line($"$loop{label}:");
            Statement(depth);
            Statement(0);
            if (random.Next(3) == 0)
            {
                Line($"@{Predicate()} bra $out{label};");
            }

            Line($"add.s32 {counter}, {counter}, -1;");
            Line($"setp.ge.s32 %p4, {counter}, 0;");
            Line($"@%p4 bra $loop{label};");
            Line($"$out{label}:");
        }
    }

    [Fact]
    public void Random_programs_do_the_same_in_both_back_ends() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var random = new Random(seed);
            string ptx = new Source(random).Kernel(random.Next(4, 24));
            Dim3 block = Blocks[random.Next(Blocks.Length)];
            using KernelRun run = KernelRun.Of(ptx, "random");
            run.In("in", [.. Enumerable.Range(0, 512).Select(_ => random.Next(3) == 0 ? random.Next() : random.Next(-20, 20))]);
            run.Out<int>("out", 2 * 256 * 12).Value(random.Next(-5, 70)).Value(random.Next());
            run.Launch(new Dim3(2), block);
            run.Launch(new Dim3(2), block, BackEnd.Automatic);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private const string Sum = """
        .version 8.4
        .target sm_90a
        .address_size 64
        .visible .entry sum(.param .u64 p_out, .param .u32 p_n)
        {
        .reg .pred %p<2>;
        .reg .b32 %r<5>;
        .reg .b64 %d<4>;
        ld.param.u64 %d1, [p_out];
        ld.param.u32 %r1, [p_n];
        mov.u32 %r2, %tid.x;
        mov.u32 %r3, 0;
        mov.u32 %r4, %r2;
        $loop:
        add.s32 %r3, %r3, %r4;
        add.s32 %r4, %r4, 1;
        setp.lt.s32 %p1, %r4, %r1;
        @%p1 bra $loop;
        mul.wide.u32 %d2, %r2, 4;
        add.s64 %d3, %d1, %d2;
        st.global.u32 [%d3], %r3;
        ret;
        }
        """;

    [Fact]
    public void A_program_is_compiled_once_for_each_specialisation_and_only_so_many_are_kept()
    {
        var program = KernelProgram.Lower(PtxModule.Parse(Sum), "sum", new LoweringOptions());
        for (int n = 40; n < 46; n++)
        {
            for (int again = 0; again < 2; again++)
            {
                using var run = KernelRun.Of(Sum, "sum");
                run.Out<int>("out", 32).Value(n).Launch(program, new Dim3(1), new Dim3(32), BackEnd.Compiler);
                Assert.Equal(Enumerable.Range(0, n).Sum(), run.Read<int>("out")[0]);
            }
        }

        // Three sets of parameters, then one form for all others.
        Assert.Equal(4, program.Compiler.Made);
    }

    [Fact]
    public void Little_work_is_never_compiled_and_much_work_is()
    {
        var program = KernelProgram.Lower(PtxModule.Parse(Sum), "sum", new LoweringOptions());
        using var little = KernelRun.Of(Sum, "sum");
        little.Out<int>("out", 32).Value(1000).Launch(program, new Dim3(1), new Dim3(32), BackEnd.Automatic);
        int afterLittle = program.Compiler.Made;
        using var much = KernelRun.Of(Sum, "sum");
        much.Out<int>("out", 32).Value(2_000_000).Launch(program, new Dim3(1), new Dim3(32), BackEnd.Automatic);
        Assert.Equal(0, afterLittle);
        Assert.True(SpinWait.SpinUntil(() => program.Compiler.Made == 1, TimeSpan.FromSeconds(60)));
        Assert.Equal(unchecked((int)(2_000_000L * 1_999_999 / 2)), much.Read<int>("out")[0]);
    }

    [Fact]
    public void An_endless_loop_ends_at_its_budget_in_compiled_code_too()
    {
        string endless = Sum.Replace("@%p1 bra $loop;", "bra $loop;", StringComparison.Ordinal);
        using var run = KernelRun.Of(endless, "sum");
        run.Budget = 50_000_000;
        Assert.Equal(LaunchCompletion.BudgetExhausted, run.Out<int>("out", 32).Value(1).Launch(new Dim3(1), new Dim3(32)).Completion);
    }
}
