namespace KernelForge.Cli.Doctor;

/// <summary>A task and a solution so small that judging them shows only whether the machinery works.</summary>
internal static class DoctorSample
{
    /// <summary>Doubles a vector.</summary>
    public const string Task = """
        import torch
        import torch.nn as nn

        size = 256

        PRESETS = {"small": {}, "odd": {"size": 33}, "full": {}}


        class Model(nn.Module):
            def forward(self, x):
                return x + x


        def get_inputs():
            return [torch.randn(size)]


        def get_init_inputs():
            return []
        """;

    /// <summary>Right.</summary>
    public const string Solution = """
        /*launch-plan
        { "launches": [ { "kernel": "twice", "grid": ["ceil_div(x.numel, 128)"], "block": [128], "args": ["x", "out", "x.numel"] } ] }
        */
        extern "C" __global__ void twice(const float* x, float* out, int n) {
            int i = blockIdx.x * 128 + threadIdx.x;
            if (i < n) out[i] = x[i] + x[i];
        }
        """;
}
