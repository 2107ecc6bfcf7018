using KernelForge.Contracts.Tasks;

namespace KernelForge.Evaluator.Tests.Plans;

/// <summary>The forms of the samples: tasks at preset small, with a right solution each.</summary>
internal static class SampleTasks
{
    public static TaskDescription Rnn() => new TestTask()
        .Input("x", 6, 3, 10)
        .Parameter("cell.weight_ih", 45, 10).Parameter("cell.weight_hh", 45, 45).Parameter("cell.bias_ih", 45).Parameter("cell.bias_hh", 45)
        .Output("out", 6, 3, 45)
        .Constant("steps", 6).Constant("batch", 3).Constant("input_size", 10).Constant("hidden_size", 45)
        .Init("input_size", "10").Init("hidden_size", "45")
        .Describe();

    public static TaskDescription Linear() => new TestTask()
        .Input("x", 3, 1031)
        .Parameter("fc.weight", 19, 1031).Parameter("fc.bias", 19)
        .Output("out", 3, 19)
        .Describe();

    public static TaskDescription Gelu() => new TestTask().Input("x", 3, 130).Output("out", 3, 130).Describe();

    public const string RnnSource = """
        /*launch-plan
        {
          "buffers": { "start": { "dtype": "float32", "shape": ["x.shape[1]", "hidden_size"], "fill": 0 } },
          "launches": [
            { "repeat": { "index": "t", "count": "x.shape[0]" },
              "launches": [
                { "when": "t == 0", "kernel": "rnn_step", "grid": ["x.shape[1]"], "block": [32],
                  "args": ["x", "start", "cell.weight_ih", "cell.weight_hh", "cell.bias_ih", "cell.bias_hh", "out", "x.shape[2]", "hidden_size"] },
                { "when": "t > 0", "kernel": "rnn_step", "grid": ["x.shape[1]"], "block": [32],
                  "args": ["at(x, t * x.shape[1] * x.shape[2])", "at(out, max(t - 1, 0) * x.shape[1] * hidden_size)",
                           "cell.weight_ih", "cell.weight_hh", "cell.bias_ih", "cell.bias_hh",
                           "at(out, t * x.shape[1] * hidden_size)", "x.shape[2]", "hidden_size"] }
              ] }
          ]
        }
        */
        extern "C" __global__ void rnn_step(const float* __restrict__ x, const float* before, const float* __restrict__ w_in,
                                            const float* __restrict__ w_rec, const float* __restrict__ b_in, const float* __restrict__ b_rec,
                                            float* after, int inputs, int hidden) {
            int b = blockIdx.x;
            for (int j = threadIdx.x; j < hidden; j += 32) {
                float acc = b_in[j] + b_rec[j];
                for (int i = 0; i < inputs; ++i) acc += w_in[j * inputs + i] * x[b * inputs + i];
                for (int i = 0; i < hidden; ++i) acc += w_rec[j * hidden + i] * before[b * hidden + i];
                after[b * hidden + j] = tanhf(acc);
            }
        }
        """;

    public const string LinearSource = """
        /*launch-plan
        {
          "buffers": { "packed": { "dtype": "float32", "shape": ["fc.weight.shape[1]", "fc.weight.shape[0]"], "persistent": true } },
          "prepare": [
            { "kernel": "pack", "grid": ["ceil_div(fc.weight.numel, 256)"], "block": [256],
              "args": ["fc.weight", "packed", "fc.weight.shape[1]", "fc.weight.shape[0]"] }
          ],
          "launches": [
            { "kernel": "linear_relu", "grid": ["ceil_div(fc.weight.shape[0], 32)", "x.shape[0]"], "block": [32],
              "args": ["x", "packed", "fc.bias", "out", "x.shape[1]", "fc.weight.shape[0]"] }
          ]
        }
        */
        extern "C" __global__ void pack(const float* __restrict__ w, float* __restrict__ packed, int k, int n) {
            int i = blockIdx.x * 256 + threadIdx.x;
            if (i < k * n) packed[(i % k) * n + i / k] = w[i];
        }
        extern "C" __global__ void linear_relu(const float* __restrict__ x, const float* __restrict__ w, const float* __restrict__ bias,
                                               float* __restrict__ out, int k, int n) {
            int col = blockIdx.x * 32 + threadIdx.x;
            int row = blockIdx.y;
            if (col >= n) return;
            float acc = 0.0f;
            for (int i = 0; i < k; ++i) acc += fmaxf(x[row * k + i], 0.0f) * w[i * n + col];
            out[row * n + col] = acc + bias[col];
        }
        """;

    public const string GeluSource = """
        /*launch-plan
        {
          "launches": [
            { "kernel": "gelu<float, 128>", "grid": ["min(ceil_div(x.numel, 128), 2)"], "block": [128], "args": ["x", "out", "x.numel"] }
          ]
        }
        */
        template <class T, int WIDTH>
        __global__ void gelu(const T* __restrict__ x, T* __restrict__ out, int n) {
            int stride = gridDim.x * WIDTH;
            for (int i = blockIdx.x * WIDTH + threadIdx.x; i < n; i += stride) {
                float v = x[i];
                out[i] = 0.5f * v * (1.0f + erff(v * 0.70710678f));
            }
        }
        """;
}
