using KernelForge.Contracts.Outcomes;

namespace KernelForge.EndToEnd;

/// <summary>
/// Solutions that leave out what no result needs are right, plausible, and need no review: a diagonal matrix scales rows, and sampling
/// without antialias skips half of the rows.
/// </summary>
public sealed class NeededWorkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelforge-needed-work-");

    private const string Diagonal = """
        /*launch-plan
        { "launches": [ { "kernel": "scale_rows", "grid": ["ceil_div(out.numel, 1024)"], "block": [256], "args": ["A", "B", "out", "out.numel", "B.shape[1]"] } ] }
        */
        extern "C" __global__ void scale_rows(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ out, long long n, int columns) {
            for (int k = 0; k < 4; ++k) {
                const long long i = blockIdx.x * 1024LL + k * 256 + threadIdx.x;
                if (i < n) out[i] = a[i / columns] * b[i];
            }
        }
        """;

    private const string Downsample = """
        /*launch-plan
        { "defines": { "H": "x.shape[2]", "W": "x.shape[3]", "OH": "out.shape[2]", "OW": "out.shape[3]" },
          "launches": [ { "kernel": "down", "grid": ["ceil_div(out.numel, 256)"], "block": [256], "args": ["x", "out", "out.numel"] } ] }
        */
        extern "C" __global__ void down(const float* __restrict__ x, float* __restrict__ out, int n) {
            const int i = blockIdx.x * 256 + threadIdx.x;
            if (i >= n) return;
            const int ox = i % OW, oy = i / OW % OH, plane = i / (OW * OH);
            const float fy = fmaxf((oy + 0.5f) * ((float)H / OH) - 0.5f, 0.0f), fx = fmaxf((ox + 0.5f) * ((float)W / OW) - 0.5f, 0.0f);
            const int y0 = min((int)fy, H - 1), x0 = min((int)fx, W - 1), y1 = min(y0 + 1, H - 1), x1 = min(x0 + 1, W - 1);
            const float wy = fy - y0, wx = fx - x0;
            const float* p = x + (long long)plane * H * W;
            out[i] = (1 - wy) * ((1 - wx) * p[y0 * W + x0] + wx * p[y0 * W + x1]) + wy * ((1 - wx) * p[y1 * W + x0] + wx * p[y1 * W + x1]);
        }
        """;

    [Theory]
    [InlineData("matmul/matmul_with_diagonal_matrices", Diagonal)]
    [InlineData("resize/downsample_bilinear", Downsample)]
    public async Task Work_that_no_result_needs_may_be_left_out(string task, string code)
    {
        Evaluations.RequireToolbox();
        var solution = Path.Combine(_folder.FullName, "solution.cu");
        File.WriteAllText(solution, code);

        var passed = Assert.IsType<Passed>(await Evaluations.JudgeAsync(Evaluations.Request(Path.Combine(Evaluations.Root, "bench-tasks", task + ".py"), solution)));

        Assert.Empty(passed.UnrankedReasons);
        Assert.InRange(passed.Performance!.SpeedOfLightFraction!.Value, 0.5, 1.0);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
