using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Plans;

namespace KernelForge.Evaluator.Tests.Plans;

public sealed class ArgumentBinderTests
{
    private static KernelParameter Pointer(string? element, int offset = 0, bool isConst = false)
        => new() { Kind = ParameterKind.Pointer, Element = element, IsConst = isConst, Offset = offset, Size = 8 };

    private static KernelParameter Scalar(string type, int size, int offset = 0) => new() { Kind = ParameterKind.Scalar, Element = type, Offset = offset, Size = size };

    private static CompiledKernel Kernel(params KernelParameter[] parameters)
        => new() { Name = "k", LoweredName = "k", Signature = new KernelSignature(parameters, parameters.Length == 0 ? 0 : parameters.Max(p => p.Offset + p.Size)), Registers = 32 };

    private static BoundLaunch Bind(string args, CompiledKernel kernel, string block = "128", string more = "")
    {
        ResolvedPlan plan = new TestTask().Input("x", 8, 8).Output("out", 8, 8).Tensor("mask", KernelForge.Contracts.Tasks.TensorRole.Input, "bool", [8])
            .Resolve(TestTask.Launch(args: args, block: block, more: more, head: "\"buffers\": { \"half\": { \"dtype\": \"float16\", \"shape\": [64] } },"));
        return new ArgumentBinder(plan, new Dictionary<string, CompiledKernel> { ["k"] = kernel }, DeviceLimits.H200).Bind((LaunchStep)plan.Launches.Single());
    }

    private static string ErrorOf(string args, CompiledKernel kernel, string block = "128", string more = "")
    {
        PlanException error = Assert.Throws<PlanException>(() => Bind(args, kernel, block, more));
        return $"{error.Place}: {error.Problem}";
    }

    [Fact]
    public void Pointers_get_slots_and_numbers_get_bytes_at_their_offsets()
    {
        BoundLaunch bound = Bind("\"at(x, 3)\", \"out\", 258, 0.5, true", Kernel(Pointer("float", isConst: true), Pointer("float4", 8), Scalar("int", 4, 16), Scalar("float", 4, 20), Scalar("bool", 1, 24)));

        Assert.Equal([new PointerSlot(0, "x", 12, true), new PointerSlot(8, "out", 0, false)], bound.Pointers);
        Assert.Equal([2, 1, 0, 0, 0, 0, 0, 0x3F, 1], bound.Parameters[16..].ToArray());
    }

    [Theory]
    [InlineData("half", "__half")]
    [InlineData("half", "__half2")]
    [InlineData("half", "void")]
    [InlineData("half", "unsigned char")]
    [InlineData("out", "float2")]
    [InlineData("out", "float4")]
    public void A_pointer_to_its_dtype_packed_form_void_or_bytes_fits(string tensor, string element)
        => Assert.Single(Bind($"\"{tensor}\"", Kernel(Pointer(element))).Pointers);

    [Theory]
    [InlineData("bool")]
    [InlineData("unsigned char")]
    public void A_bool_tensor_goes_to_bool_or_bytes(string element) => Assert.Single(Bind("\"mask\"", Kernel(Pointer(element, isConst: true))).Pointers);

    [Fact]
    public void Another_element_type_is_refused()
        => Assert.Equal("launches[0].args[0]: 'out' is float32; the parameter of 'k' is int*; expected a pointer to float, float2, float3, float4, void, unsigned char: change the parameter, and reinterpret_cast inside the kernel where another view is meant", ErrorOf("\"out\"", Kernel(Pointer("int"))));

    [Fact]
    public void A_pointer_to_a_type_of_the_solutions_own_is_refused()
        => Assert.Contains("is (another type)*", ErrorOf("\"out\"", Kernel(Pointer(null))), StringComparison.Ordinal);

    [Fact]
    public void An_input_goes_to_a_const_pointer_only()
        => Assert.Equal("launches[0].args[0]: 'x' is an input, which must stay unchanged; the parameter of 'k' is float*: declare it const float*", ErrorOf("\"x\"", Kernel(Pointer("float"))));

    [Fact]
    public void A_tensor_for_an_int_is_refused()
        => Assert.Equal("launches[0].args[0]: 'x' is a tensor (float32); the parameter of 'k' is int: pass a number, as in x.numel, or make the parameter a pointer", ErrorOf("\"x\"", Kernel(Scalar("int", 4))));

    [Fact]
    public void A_number_for_a_pointer_is_refused()
        => Assert.Equal("launches[0].args[0]: 64 is an integer; the parameter of 'k' is float*: pass a tensor or at(tensor, offset)", ErrorOf("\"x.numel\"", Kernel(Pointer("float"))));

    [Fact]
    public void A_struct_is_refused()
        => Assert.Contains("a struct of 16 bytes: struct parameters cannot be passed", ErrorOf("1", Kernel(new KernelParameter { Kind = ParameterKind.Other, Offset = 0, Size = 16 })), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_count_shows_the_signature()
        => Assert.Equal("launches[0].args: 1 arguments; kernel 'k' takes 2: (const float*, int)", ErrorOf("\"x\"", Kernel(Pointer("float", isConst: true), Scalar("int", 4, 8))));

    [Theory]
    [InlineData("2147483648", "int", 4, "2147483648 does not fit int (-2147483648 to 2147483647): make the parameter long long")]
    [InlineData("-1", "unsigned int", 4, "-1 does not fit unsigned int (0 to 4294967295)")]
    [InlineData("256", "unsigned char", 1, "256 does not fit unsigned char (0 to 255)")]
    [InlineData("1.5", "int", 4, "1.5 is a float; the parameter is int: use '//' for an integer, or make the parameter float")]
    [InlineData("1e300", "float", 4, "1E+300 does not fit float: it would become infinite")]
    [InlineData("2", "bool", 1, "2 does not fit bool (0 to 1)")]
    [InlineData("70000", "__half", 2, "70000 does not fit __half: it would become infinite")]
    public void Numbers_are_checked_by_range(string argument, string type, int size, string message)
        => Assert.Equal($"launches[0].args[0]: {message}", ErrorOf(argument, Kernel(Scalar(type, size))));

    [Fact]
    public void Resources_are_checked()
    {
        Assert.Contains("compiled for at most 64", ErrorOf("1", Kernel(Scalar("int", 4)) with { MaxThreads = 64 }), StringComparison.Ordinal);
        Assert.Contains("need 131072 registers", ErrorOf("1", Kernel(Scalar("int", 4)) with { Registers = 128 }, block: "1024"), StringComparison.Ordinal);
        Assert.Contains("232449 bytes of shared memory (1 declared", ErrorOf("1", Kernel(Scalar("int", 4)) with { StaticSharedBytes = 1 }, more: ", \"shared_bytes\": 232448"), StringComparison.Ordinal);
    }
}
