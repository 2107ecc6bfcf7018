using KernelForge.Contracts.Outcomes;
using KernelForge.Evaluator.Compilation;

namespace KernelForge.Evaluator.Tests.Compilation;

public sealed class SourceRulesTests
{
    [Theory]
    [InlineData("#include <torch/extension.h>", "host_include", 1)]
    [InlineData("\n#include <iostream>", "host_include", 2)]
    [InlineData("#include <vector>", "host_include", 1)]
    [InlineData("#include <cub/cub.cuh>", "host_include", 1)]
    [InlineData("int main() { return 0; }", "host_code", 1)]
    [InlineData("int main(int argc, char** argv) { }", "host_code", 1)]
    [InlineData("__host__ void f() { }", "host_code", 1)]
    [InlineData("void f() {\n k<<<1, 2>>>(); }", "host_code", 2)]
    [InlineData("PYBIND11_MODULE(a, m) { }", "host_code", 1)]
    [InlineData("void f(torch::Tensor x) { }", "host_code", 1)]
    [InlineData("void f() { cudaMalloc(0, 3); }", "host_code", 1)]
    [InlineData("#include \"/etc/passwd\"", "forbidden_include", 1)]
    [InlineData("#include \"../x.h\"", "forbidden_include", 1)]
    [InlineData("#include <a/../../x.h>", "forbidden_include", 1)]
    [InlineData("#inc\\\nlude \"/etc/passwd\"", "forbidden_include", 2)]
    [InlineData("# /* c */ include /* d */ \"/etc/passwd\"", "forbidden_include", 1)]
    [InlineData("%:include \"/etc/passwd\"", "forbidden_include", 1)]
    [InlineData("#define P \"/etc/passwd\"\n#include P", "forbidden_include", 2)]
    [InlineData("#if __has_include(\"/etc/passwd\")\n#endif", "forbidden_include", 1)]
    [InlineData("#include_next \"/etc/passwd\"", "forbidden_include", 1)]
    [InlineData("#embed \"/etc/passwd\"", "forbidden_include", 1)]
    [InlineData("int a;\n#line 3", "line_directive", 2)]
    [InlineData("#  line 3 \"x\"", "line_directive", 1)]
    [InlineData("# 33 \"x.cu\"", "line_directive", 1)]
    [InlineData("#li\\\r\nne 3", "line_directive", 1)]
    [InlineData("??=line 3", "trigraph", 1)]
    [InlineData("void f() { asm(\".extern .func foo;\"); }", "inline_ptx", 1)]
    [InlineData("void f() { asm volatile(\".inc\" \"bin \\\"x\\\"\"); }", "inline_ptx", 1)]
    [InlineData("void f() { asm(R\"(.file 1 \"x\")\"); }", "inline_ptx", 1)]
    [InlineData("void f() { asm(\"add.u32 a, b, c;\\n .loc 1 3 4\"); }", "inline_ptx", 1)]
    public void A_broken_rule_is_found_with_its_line(string source, string kind, int line)
    {
        Finding finding = SourceRules.Check(source)[0];

        Assert.Equal((kind, line), (finding.Kind, finding.Line!.Value));
        Assert.Equal("rules", finding.Tool);
    }

    [Theory]
    [InlineData("// #include <iostream>\n/* int main() {} */")]
    [InlineData("const char* s = \"#line 3\"; const char* t = R\"(\n#line 3\n)\";")]
    [InlineData("#include <stdio.h>\n#include <cstdio>")]
    [InlineData("#include <cub/block/block_radix_sort.cuh>\n#include <cute/tensor.hpp>")]
    [InlineData("#include <cuda_fp16.h>\n#include <mma.h>\n#include <cooperative_groups/reduce.h>\n#include <cstdint>")]
    [InlineData("__host__ __device__ int f(int a) { return a << 3; }")]
    [InlineData("__device__ __forceinline__ __host__ int f();")]
    [InlineData("template <class T> struct A { }; A<A<A<int>>> a;")]
    [InlineData("__device__ void f() { asm volatile(\"cp.async.cg.shared.global [%0], [%1], 16;\" :: \"r\"(1), \"l\"(0)); }")]
    [InlineData("#define LINE __LINE__\n#pragma unroll 4")]
    [InlineData("__device__ int domain(int main_row) { return main_row; }")]
    [InlineData("__device__ int at(int x) { return x; } __device__ int b = 1'000;")]
    public void What_is_allowed_is_not_found(string source) => Assert.Empty(SourceRules.Check(source));

    [Fact]
    public void Findings_are_bounded() => Assert.InRange(SourceRules.Check(string.Concat(Enumerable.Repeat("#line 1\n", 1000))).Count, 20, 22);

    [Theory]
    [InlineData("\"")]
    [InlineData("R\"(")]
    [InlineData("/*")]
    [InlineData("'")]
    [InlineData("\\")]
    [InlineData("#include <")]
    [InlineData("template <")]
    [InlineData("__global__ void")]
    public void An_open_end_is_no_crash(string source)
    {
        Assert.Empty(SourceRules.Check(source));
        Assert.Empty(GlobalFunctions.Names(source));
        Assert.Empty(TemplateParameters.Names(source));
    }

    [Fact]
    public void Kernels_are_found_behind_attributes()
        => Assert.Equal(["a", "b", "c"], GlobalFunctions.Names("extern \"C\" __global__ void a(int x) {} template <int N> __global__ void __launch_bounds__(256, 2) b() {} __global__ __cluster_dims__(2, 1, 1) static void c() {}"));

    [Fact]
    public void Template_parameters_are_found_and_uses_are_not()
        => Assert.Equal(["T", "BLOCK", "N", "F"], TemplateParameters.Names("template <class T, int BLOCK = WIDTH> struct A {}; template <> struct A<int, OTHER> {}; template <unsigned N, template <class> class F> void f();"));
}
