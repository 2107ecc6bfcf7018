using KernelForge.Cli.Ptx;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Tests.Ptx;

public sealed class ArgumentSyntaxTests
{
    [Theory]
    [InlineData("5", null, "5")]
    [InlineData("-1.5e3", null, "-1.5e3")]
    [InlineData("0xff", null, "0xff")]
    [InlineData("int:-5", "int32", "-5")]
    [InlineData("double:1", "float64", "1")]
    [InlineData("uint8:7", "uint8", "7")]
    [InlineData("float:nan", "float32", "nan")]
    public void A_number_keeps_its_digits_and_its_type(string text, string? type, string digits)
    {
        var argument = ArgumentSyntax.Parse(text);

        Assert.Equal((PtxFill.Scalar, type, digits), (argument.Fill, argument.Type, argument.Value));
    }

    [Theory]
    [InlineData("float32[8]=?", PtxFill.Output, "float32", 0, 0, 8)]
    [InlineData("float[64x32]=zeros", PtxFill.Constant, "float32", 0, 0, 64, 32)]
    [InlineData("int32[2,3,4]=ones", PtxFill.Constant, "int32", 1, 0, 2, 3, 4)]
    [InlineData("half[1K]=constant:-0.5", PtxFill.Constant, "float16", -0.5, 0, 1024)]
    [InlineData("int64[2M]=iota", PtxFill.Iota, "int64", 0, 0, 2097152)]
    [InlineData("float64[1]=iota:10", PtxFill.Iota, "float64", 10, 0, 1)]
    [InlineData("float32[8]=random", PtxFill.Random, "float32", 0, 1, 8)]
    [InlineData("int32[8]=random", PtxFill.Random, "int32", 0, 100, 8)]
    [InlineData("bool[8]=random", PtxFill.Random, "bool", 0, 2, 8)]
    [InlineData("float32[8]=random:-1:1", PtxFill.Random, "float32", -1, 1, 8)]
    public void A_buffer_has_a_type_a_shape_and_contents(string text, PtxFill fill, string type, double low, double high, params int[] shape)
    {
        var argument = ArgumentSyntax.Parse(text);

        Assert.Equal((fill, type, low, high), (argument.Fill, argument.Type, argument.Low, argument.High));
        Assert.Equal(shape.Select(extent => (long)extent), argument.Shape);
    }

    [Theory]
    [InlineData("map:32x16:float32[64x32]=?", PtxFill.Output, 0, 32, 16)]
    [InlineData("map:64x64/128:float16[128x64]=random:-1:1", PtxFill.Random, 128, 64, 64)]
    [InlineData("map:8:@x.npy", PtxFill.File, 0, 8)]
    public void A_tensor_map_has_a_box_over_a_buffer(string text, PtxFill fill, int swizzle, params int[] box)
    {
        var argument = ArgumentSyntax.Parse(text);

        Assert.Equal((fill, swizzle, text), (argument.Fill, argument.SwizzleBytes, argument.Text));
        Assert.Equal(box, argument.Box!);
    }

    [Theory]
    [InlineData("map:32:5", "over a buffer")]
    [InlineData("map:32:null", "over a buffer")]
    [InlineData("map:32:float32[64x64]=zeros", "one extent of 1 to 256")]
    [InlineData("map:512:float32[1024]=zeros", "one extent of 1 to 256")]
    [InlineData("map:32/16:float32[64]=zeros", "32, 64 or 128 bytes")]
    public void A_wrong_tensor_map_says_why(string text, string says) => Assert.Contains(says, Assert.Throws<FormatException>(() => ArgumentSyntax.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_may_say_its_own_type_and_size()
    {
        var whole = ArgumentSyntax.Parse("@x.npy");
        var typed = ArgumentSyntax.Parse("float32[]=@data/x.bin");

        Assert.Equal((PtxFill.File, null, Path.GetFullPath("x.npy")), (whole.Fill, whole.Type, whole.File));
        Assert.Equal((PtxFill.File, "float32", Path.GetFullPath("data/x.bin")), (typed.Fill, typed.Type, typed.File));
    }

    [Fact]
    public void Null_is_a_null_pointer() => Assert.Equal(PtxFill.Null, ArgumentSyntax.Parse("null").Fill);

    [Theory]
    [InlineData("")]
    [InlineData("five")]
    [InlineData("int:")]
    [InlineData("int:five")]
    [InlineData("float32[8]=constant")]
    [InlineData("float32[8]=iota:x")]
    [InlineData("float32[8.5]=zeros")]
    [InlineData("float32[-8]=zeros")]
    [InlineData("float32[99999999999999999999]=zeros")]
    [InlineData("float32[8]=random:nan:1")]
    [InlineData("[8]=zeros")]
    public void What_is_no_argument_is_refused_with_what_was_expected(string text) =>
        Assert.NotEmpty(Assert.Throws<FormatException>(() => ArgumentSyntax.Parse(text)).Message);
}
