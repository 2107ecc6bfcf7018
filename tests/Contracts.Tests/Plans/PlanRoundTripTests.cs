using KernelForge.Contracts.Plans;

namespace KernelForge.Contracts.Tests.Plans;

public sealed class PlanRoundTripTests
{
    private const string Everything = """
        {
          "buffers": { "partial": { "dtype": "float32", "shape": ["ceil_div(x.numel, 1024)", 4], "fill": "-inf" }, "kept": { "dtype": "float16", "shape": [], "persistent": true }, "out": { "fill": 0 } },
          "tunables": { "BLOCK": [128, 256], "STAGES": [2] },
          "defines": { "COLS": "x.shape[-1]", "EPS": 1e-5 },
          "options": ["--use_fast_math", "-maxrregcount=64"],
          "tensor_maps": { "tm": { "tensor": "x", "box": [64, 64], "element_strides": [1, 1], "swizzle": "128b", "oob_fill": "nan" } },
          "prepare": [ { "kernel": "pack", "grid": [64], "block": [256], "args": ["w", "kept"] } ],
          "launches": [
            { "when": "BLOCK > 1", "kernel": "k<float, BLOCK>", "grid": [1, "2", 3], "block": ["BLOCK"], "shared_bytes": "BLOCK * 4", "args": ["x", 1.5, true, "tm"], "cooperative": true, "cluster": [2] },
            { "repeat": { "index": "t", "count": 3 }, "launches": [ { "kernel": "s", "grid": [1], "block": [32] } ] },
            { "library": "gemm", "a": "x", "shape": [1, 2] }
          ]
        }
        """;

    [Fact]
    public void A_plan_written_and_read_again_is_the_same()
    {
        string once = PlanWriter.Write(PlanReader.ReadJson(Everything));

        Assert.Equal(once, PlanWriter.Write(PlanReader.ReadJson(once)));
    }

    [Fact]
    public void Every_part_survives()
    {
        LaunchPlan plan = PlanReader.ReadJson(PlanWriter.Write(PlanReader.ReadJson(Everything)));

        Assert.Equal(["partial", "kept", "out"], plan.Buffers.Select(b => b.Name.Text));
        Assert.Equal([128, 256], plan.Tunables[0].Values);
        Assert.Equal(["--use_fast_math", "-maxrregcount=64"], plan.Options);
        Assert.Equal("nan", plan.TensorMaps[0].OobFill);
        Assert.True(((PlanLaunch)plan.Launches[0]).Cooperative);
        Assert.Equal(3, plan.Launches.Count);
    }
}
