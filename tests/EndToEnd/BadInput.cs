using System.Text;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.EndToEnd;

/// <summary>Files of one test in a folder that goes with it, a tiny task, and a kernel for it whose parts can be replaced.</summary>
internal sealed class BadInput : IDisposable
{
    /// <summary>Out = 2 x, 130 elements at <c>small</c>.</summary>
    public const string Task = """
        import torch
        import torch.nn as nn

        N = 4096
        PRESETS = {"small": {"N": 130}, "odd": {"N": 7}, "full": {}}
        DISTRIBUTIONS = ["standard", "scaled_up"]


        class Model(nn.Module):
            def forward(self, x):
                return x * 2


        def get_inputs():
            return [torch.randn(N)]


        def get_init_inputs():
            return []

        """;

    /// <summary>Three lines of plan, on the second all that it says.</summary>
    public const string Plan = """
        /*launch-plan
        { "launches": [ { "kernel": "twice", "grid": ["ceil_div(x.numel, 64)"], "block": [64], "args": ["x", "out", "x.numel"] } ] }
        */

        """;

    /// <summary>Lines 4 and 5.</summary>
    public const string Head = """
        extern "C" __global__ void twice(const float* x, float* out, int n) {
            int i = blockIdx.x * 64 + threadIdx.x;

        """;

    /// <summary>Line 6, and the end.</summary>
    public const string Tail = """
            if (i < n) out[i] = x[i] * 2;
        }

        """;

    /// <summary>Plan and kernel without a fault.</summary>
    public const string Good = Plan + Head + Tail;

    private readonly string _folder = Directory.CreateTempSubdirectory("kf-bad-input-").FullName;

    public BadInput() => Evaluations.RequireToolbox();

    /// <summary>A path in the test's own folder.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file, text as UTF-8.</summary>
    public string File(string name, string text) => File(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file.</summary>
    public string File(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <summary>What judges a solution of the tiny task at <c>small</c>.</summary>
    public EvaluationRequest Request(string solution, string task = Task) =>
        Evaluations.Request(File("task.py", task), File("solution.cu", solution)) with { Preset = "small" };

    /// <summary>Judges a solution of the tiny task at <c>small</c>.</summary>
    public Task<EvaluationOutcome> JudgeAsync(string solution) => Evaluations.JudgeAsync(Request(solution));

    /// <summary>Why a task cannot be used.</summary>
    public async Task<EvaluatorFault> TaskFaultAsync(string task)
    {
        var reply = await Evaluations.AskAsync(Request(Good, task));
        return reply.Fault ?? throw new InvalidOperationException($"no fault: {reply.Outcome!.Status}: {reply.Outcome.Message}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
