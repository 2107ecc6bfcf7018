/*launch-plan
{
  "buffers": { "states": { "dtype": "float32", "shape": ["x.shape[0] + 1", "h0.numel"] } },
  "launches": [
    { "kernel": "copy", "grid": ["ceil_div(h0.numel, 128)"], "block": [128], "args": ["h0", "states", "h0.numel"] },
    { "repeat": { "index": "t", "count": "x.shape[0]" },
      "launches": [
        { "kernel": "step", "grid": ["ceil_div(h0.numel, 128)"], "block": [128],
          "args": ["at(x, t * x.stride[0])", "at(states, t * h0.numel)", "i2h.weight", "i2h.bias", "at(states, (t + 1) * h0.numel)",
                   "x.shape[1]", "x.shape[2]", "h0.shape[1]"] },
        { "kernel": "project", "grid": ["ceil_div(out.stride[0], 128)"], "block": [128],
          "args": ["at(states, (t + 1) * h0.numel)", "h2o.weight", "h2o.bias", "at(out, t * out.stride[0])",
                   "out.shape[1]", "out.shape[2]", "h0.shape[1]"] }
      ] }
  ]
}
*/

// Two launches for each of 256 steps, one thread for each number, as the formula says.
// Right, but each step begins with a product of x that does not have to wait for the step before, and is done by 16 blocks on 132 SMs.

extern "C" __global__ void copy(const float* from, float* to, int n) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < n) to[i] = from[i];
}

extern "C" __global__ void step(const float* x, const float* before, const float* weight, const float* bias, float* after,
                                int batch, int inputs, int hidden) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < batch * hidden) {
        int sample = i / hidden, unit = i % hidden;
        const float* w = weight + unit * (inputs + hidden);
        float sum = bias[unit];
        for (int k = 0; k < inputs; ++k) sum += x[sample * inputs + k] * w[k];
        for (int k = 0; k < hidden; ++k) sum += before[sample * hidden + k] * w[inputs + k];
        after[i] = tanhf(sum);
    }
}

extern "C" __global__ void project(const float* state, const float* weight, const float* bias, float* out, int batch, int outputs, int hidden) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < batch * outputs) {
        int sample = i / outputs, unit = i % outputs;
        float sum = bias[unit];
        for (int k = 0; k < hidden; ++k) sum += state[sample * hidden + k] * weight[unit * hidden + k];
        out[i] = sum;
    }
}
