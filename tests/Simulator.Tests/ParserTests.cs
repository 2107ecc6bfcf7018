using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Tests;

public sealed class ParserTests
{
    private const string Head = ".version 8.4\n.target sm_90a\n.address_size 64\n";

    [Theory]
    [InlineData(".visible .entry k(.param .u64 a)\n{\n  .reg .b32 %r<3>;\n  add.s32 %r1, %r2 %r0;\n  ret;\n}", 7, 20)]
    [InlineData(".visible .entry k()\n{\n  ret;\n", 7, 1)]
    [InlineData("nonsense", 4, 1)]
    public void An_error_names_line_and_column(string body, int line, int column)
    {
        PtxSyntaxException e = Assert.Throws<PtxSyntaxException>(() => PtxModule.Parse(Head + body));
        Assert.Equal((line, column), (e.Line, e.Column));
    }

    [Fact]
    public void Parameters_have_their_places_in_the_block()
    {
        PtxModule module = PtxModule.Parse(KernelRun.ReadPtx("device.ptx"));
        PtxFunction kernel = module.Kernels.Single(k => k.Name == "by_value");
        Assert.Equal([(0, 32, 8), (32, 8, 8)], kernel.Parameters.Select(p => (p.Offset, p.Size, p.Alignment)));
        Assert.Equal(["__assertfail", "vprintf"], module.Externs.Order());
    }

    [Fact]
    public void An_unknown_instruction_is_named_with_its_lines()
    {
        PtxModule module = PtxModule.Parse(Head + ".visible .entry k() {\n.loc 1 24 5\ntcgen05.wait.sync.aligned;\nret;\n}\n.file 1 \"solution.cu\"\n");
        UnsupportedInstructionException e = Assert.Throws<UnsupportedInstructionException>(() => KernelProgram.Lower(module, "k", new LoweringOptions()));
        Assert.Equal("tcgen05.wait.sync.aligned", e.Opcode);
        Assert.Equal(24, e.SourceLine);
    }

    [Fact]
    public void Damaged_text_never_throws_anything_else()
    {
        string[] texts = [.. new[] { "device.ptx", "warp.ptx", "half.ptx" }.Select(KernelRun.ReadPtx)];
        var random = new Random(42);
        for (int i = 0; i < 150; i++)
        {
            string text = texts[i % texts.Length];
            char[] damaged = text[..random.Next(text.Length)].ToCharArray();
            if (i % 2 == 0)
            {
                damaged = text.ToCharArray();
                for (int k = 0; k < 5; k++)
                {
                    damaged[random.Next(damaged.Length)] = "{}[](),;.%@0x_abz\" \n"[random.Next(20)];
                }
            }

            try
            {
                PtxModule module = PtxModule.Parse(new string(damaged));
                foreach (PtxFunction kernel in module.Kernels)
                {
                    KernelProgram.Lower(module, kernel.Name, new LoweringOptions());
                }
            }
            catch (Exception e) when (e is PtxSyntaxException or UnsupportedInstructionException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }
}
