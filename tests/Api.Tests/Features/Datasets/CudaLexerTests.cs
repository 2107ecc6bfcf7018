using KernelForge.Api.Features.Datasets.Duplicates;
using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Tests.Features.Datasets;

public sealed class CudaLexerTests
{
    public static TheoryData<string, string> Spellings => new()
    {
        { "int a = b+++c;", "Name:int Name:a Punctuation:= Name:b Punctuation:++ Punctuation:+ Name:c Punctuation:;" },
        { "k<<<g, b>>>(x);", "Name:k Punctuation:<<< Name:g Punctuation:, Name:b Punctuation:>>> Punctuation:( Name:x Punctuation:) Punctuation:;" },
        { "a /* x */ b // y\nc", "Name:a Name:b Name:c" },
        { "a // x \\\n still\nb", "Name:a Name:b" },
        { "a /* open", "Name:a" },
        { "\"a // b\" 'c' L\"d\" u8\"e\\\"f\"", "Text:\"a // b\" Text:'c' Text:L\"d\" Text:u8\"e\\\"f\"" },
        { "R\"x(a)\" /* )x\" b", "Text:R\"x(a)\" /* )x\" Name:b" },
        { "R\"(a\\\nb)\" c", "Text:R\"(a\\\nb)\" Name:c" },
        { "\"open\nnext", "Text:\"open Name:next" },
        { "1.5e+3f 0xFF'FFu .5 1'000", "Number:1.5e+3f Number:0xFF'FFu Number:.5 Number:1'000" },
        { "1.f+2", "Number:1.f Punctuation:+ Number:2" },
        { "#include <mma.h>\n#define N 4\nx", "Directive:#include Header:<mma.h> DirectiveEnd: Directive:#define Name:N Number:4 DirectiveEnd: Name:x" },
        { "  #  pragma unroll", "Directive:#  pragma Name:unroll DirectiveEnd:" },
        { "#define A \\\n 1\nx", "Directive:#define Name:A Number:1 DirectiveEnd: Name:x" },
        { "a # b", "Name:a Punctuation:# Name:b" },
        { "a->b::c.*d ...", "Name:a Punctuation:-> Name:b Punctuation::: Name:c Punctuation:.* Name:d Punctuation:..." },
        { "/* launch-plan {} */ x", "LaunchPlan:/* launch-plan {} */ Name:x" },
        { "/*launch*/ x", "Name:x" },
        { "\uFEFFx", "Name:x" },
        { "größe = 1", "Name:größe Punctuation:= Number:1" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void A_text_has_these_tokens(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', CudaLexer.Tokens(text).Select(token => $"{token.Kind}:{text.Substring(token.Start, token.Length)}")));

    [Theory]
    [InlineData("fo\\\no", "foo")]
    [InlineData("fo\\\r\no", "foo")]
    [InlineData("<\\\n<\\\n<", "<<<")]
    [InlineData("1'000'000U", "1000000u")]
    [InlineData("0XFFu", "0xffU")]
    [InlineData("\"a\\\nb\"", "\"ab\"")]
    public void A_token_is_its_spelling_on_one_line(string one, string other) =>
        Assert.Equal(Assert.Single(CudaLexer.Tokens(other)).Hash, Assert.Single(CudaLexer.Tokens(one)).Hash);

    [Fact]
    public void No_text_is_refused_and_every_token_lies_in_it()
    {
        Random random = new(7);
        const string Characters = "ab1.'\"\\/*#<>()R\n\r\t +-e_\uFEFFé";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Characters[random.Next(Characters.Length)]));
            var end = 0;
            foreach (var token in CudaLexer.Tokens(text))
            {
                Assert.True(token.Start >= end && token.Start + token.Length <= text.Length, text);
                end = token.Start + token.Length;
            }
        }
    }

    private const string Kernel =
        """
        /*launch-plan
        { "launches": [ { "kernel": "relu", "grid": ["ceil_div(n, 256)"], "block": [256], "args": ["x", "out"] } ] }
        */
        #define BLOCK 256
        __device__ float clip(float v) { return fmaxf(v, 0.f); }
        extern "C" __global__ void relu(const float4* x, float* out) { int i = blockIdx.x * BLOCK + threadIdx.x; out[i] = clip(x[i].y); }

        """;

    [Theory]
    [InlineData("relu", "positive_part")]
    [InlineData("clip", "zz")]
    [InlineData("BLOCK", "THREADS")]
    [InlineData("float v", "float v /* the value */")]
    [InlineData("int i =", "int\n\ti   =")]
    [InlineData("0.f", "0.F")]
    public void Names_comments_and_blanks_do_not_matter(string from, string to) =>
        Assert.Equal(CodeTokens.Of(Kernel).Canonical(), CodeTokens.Of(Kernel.Replace(from, to, StringComparison.Ordinal)).Canonical());

    [Theory]
    [InlineData("fmaxf", "fminf")]
    [InlineData("float4", "float2")]
    [InlineData(".y", ".z")]
    [InlineData("BLOCK 256", "BLOCK 128")]
    [InlineData("\"block\": [256]", "\"block\": [128]")]
    [InlineData("\"x\", \"out\"", "\"out\", \"x\"")]
    [InlineData("threadIdx.x; out", "threadIdx.y; out")]
    [InlineData("v, 0.f", "0.f, v")]
    public void What_the_code_does_matters(string from, string to) =>
        Assert.NotEqual(CodeTokens.Of(Kernel).Canonical(), CodeTokens.Of(Kernel.Replace(from, to, StringComparison.Ordinal)).Canonical());

    [Fact]
    public void A_new_name_far_above_does_not_make_another_text()
    {
        var long1 = Long("");
        var long2 = Long("__constant__ int unused[] = { 1, 2, 3 };");

        Assert.InRange(Similarity(long1, long2), 0.9, 1);
    }

    [Theory]
    [InlineData(0.95)]
    [InlineData(0.8)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Signatures_estimate_the_similarity_of_shingles(double share)
    {
        // Two texts of 2000 numbers each whose sets of shingles have this similarity: a common beginning, then other numbers.
        const int Length = 2000;
        var common = (int)(2 * share * Length / (1 + share));
        List<double> found = [];
        for (var seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            var begin = Enumerable.Range(0, common).Select(_ => (ulong)random.NextInt64()).ToList();
            ulong[] Text() => [.. begin, .. Enumerable.Range(0, Length - common).Select(_ => (ulong)random.NextInt64())];
            found.Add(MinHash.Similarity(MinHash.Signature(Text(), new bool[Length]), MinHash.Signature(Text(), new bool[Length])));
        }

        Assert.InRange(found.Average(), share - 0.03, share + 0.03);
        Assert.All(found, value => Assert.InRange(value, share - 0.17, share + 0.17));
    }

    [Fact]
    public void What_is_similar_is_found_and_what_is_not_is_not()
    {
        SimilarSignatures held = new();
        Random random = new(3);
        var first = Enumerable.Range(0, 500).Select(_ => (ulong)random.NextInt64()).ToArray();
        var near = (ulong[])first.Clone();
        near[250] = 1;
        held.Add("other", MinHash.Signature([.. Enumerable.Range(0, 500).Select(_ => (ulong)random.NextInt64())], new bool[500]));
        held.Add("first", MinHash.Signature(first, new bool[500]));

        Assert.Equal("first", held.Find(MinHash.Signature(near, new bool[500])));
        Assert.Null(held.Find(MinHash.Signature([.. Enumerable.Range(0, 500).Select(_ => (ulong)random.NextInt64())], new bool[500])));
    }

    private static double Similarity(string one, string other)
    {
        var (a, b) = (CodeTokens.Of(one), CodeTokens.Of(other));
        return MinHash.Similarity(MinHash.Signature(a.Hashes, a.Own), MinHash.Signature(b.Hashes, b.Own));
    }

    private static string Long(string first) =>
        Kernel.Replace("#define", first + "\n#define", StringComparison.Ordinal)
        + string.Join('\n', Enumerable.Range(0, 40).Select(i => $"__device__ float step{i}(float a, float b{i}) {{ return a * {i}.5f + b{i} / {i + 3}; }}"));
}
