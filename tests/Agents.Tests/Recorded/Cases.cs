using KernelForge.Agents.Search;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Tests.Recorded;

/// <summary>A task and attempts to build cases from.</summary>
internal static class Cases
{
    public const string Code = "/*launch-plan\n{ \"launches\": [ { \"kernel\": \"relu\", \"grid\": [\"ceil_div(x.numel, 256)\"], \"block\": [256], \"args\": [\"x\", \"out\", \"x.numel\"] } ] }\n*/\n"
        + "extern \"C\" __global__ void relu(const float* x, float* out, long long n) {\n    long long i = (long long)blockIdx.x * 256 + threadIdx.x;\n    if (i < n) out[i] = fmaxf(x[i], 0.0f);\n}\n";

    public const string Source = "import torch\nimport torch.nn as nn\n\nclass Model(nn.Module):\n    def forward(self, x):\n        return torch.relu(x)\n";

    public static TaskBrief Task { get; } = new()
    {
        Name = "activation/relu",
        Category = "activation",
        Path = "/tasks/activation/relu.py",
        Source = Source,
        Sha256 = "aa",
        Description = new TaskDescription
        {
            Name = "activation/relu",
            Sha256 = "aa",
            Torch = "2.6.0",
            PresetsOrigin = "declared",
            Distributions = ["standard"],
            Presets = new Dictionary<string, PresetDescription>
            {
                ["small"] = Preset(24, 130),
                ["odd"] = Preset(1, 257),
                ["full"] = Preset(4096, 393216),
            },
        },
    };

    public static AttemptRecord Attempt(int round, EvaluationOutcome outcome, string mode = "optimisation", int? parent = null, string? code = Code, JudgeAdvice? advice = null, double? gain = null) => new()
    {
        Id = $"run/{round}",
        Kind = "replay",
        RunId = "run",
        Strategy = "coder-judge",
        Task = Task.Name,
        Category = Task.Category,
        TaskSha256 = Task.Sha256,
        TaskSource = Task.Source,
        Round = round,
        Mode = mode,
        Parent = parent,
        Model = "replay:t",
        Sampling = new SamplingSettings(),
        Prompt = new PromptReference { Template = "coder/first", Version = "1", Sha256 = "dd" },
        Messages = [new PromptMessage { Role = "user", Content = "write" }],
        Answer = code ?? "sorry",
        Code = code,
        Sha256 = code is null ? null : "bb",
        Advice = advice,
        Outcome = outcome,
        Gain = gain,
        Usage = new ModelUsage { Calls = 1, InputTokens = 10, OutputTokens = 5, CostUsd = 0m },
        StartedAt = DateTimeOffset.UnixEpoch,
        FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(1),
        Kernelforge = "0.1.0",
    };

    public static JudgeAdvice Advice(string rule, string mode = "optimisation") => new()
    {
        Mode = mode,
        Issue = "the issue",
        Reason = $"method of {rule}",
        Fix = $"plan of {rule}",
        Rule = rule,
        ExpectedGain = mode == "optimisation" ? 1.5 : null,
        Source = "rules",
    };

    public static AnswerError Unusable(string message = "the answer is empty") => new()
    {
        Message = message,
        Task = new ContentReference { Name = Task.Name, Sha256 = "aa" },
        Solution = new ContentReference { Sha256 = "ee" },
        Environment = new EvaluationEnvironment { Platform = "sim", Device = "H200", Architecture = "none", Kernelforge = "0.1.0", EvaluationVersion = "none" },
    };

    private static PresetDescription Preset(long batch, long dim) => new()
    {
        Constants = new Dictionary<string, long> { ["batch"] = batch, ["dim"] = dim },
        Tensors =
        [
            new TensorDescription { Name = "x", Role = TensorRole.Input, Dtype = "float32", Shape = [batch, dim] },
            new TensorDescription { Name = "out", Role = TensorRole.Output, Dtype = "float32", Shape = [batch, dim], Writable = true, Checked = true },
        ],
    };
}
