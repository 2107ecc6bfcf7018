/*launch-plan
{
  "buffers": {
    "qkv":    { "dtype": "float32", "shape": ["x.shape[0] * x.shape[1]", "3 * init.d_model"] },
    "scores": { "dtype": "float32", "shape": ["x.shape[0] * init.num_heads", "x.shape[1]", "x.shape[1]"] },
    "mixed":  { "dtype": "float32", "shape": ["x.shape[0] * x.shape[1]", "init.d_model"] }
  },
  "launches": [
    { "kernel": "linear", "grid": ["ceil_div(qkv.numel, 128)"], "block": [128],
      "args": ["x", "mha.in_proj_weight", "mha.in_proj_bias", "qkv", "x.shape[0] * x.shape[1]", "3 * init.d_model", "init.d_model"] },
    { "kernel": "score", "grid": ["ceil_div(scores.numel, 128)"], "block": [128],
      "args": ["qkv", "scores", "x.shape[0]", "x.shape[1]", "init.num_heads", "init.d_model"] },
    { "kernel": "softmax", "grid": ["ceil_div(scores.numel // x.shape[1], 128)"], "block": [128],
      "args": ["scores", "scores.numel // x.shape[1]", "x.shape[1]"] },
    { "kernel": "mix", "grid": ["ceil_div(mixed.numel, 128)"], "block": [128],
      "args": ["qkv", "scores", "mixed", "x.shape[0]", "x.shape[1]", "init.num_heads", "init.d_model"] },
    { "kernel": "linear", "grid": ["ceil_div(out.numel, 128)"], "block": [128],
      "args": ["mixed", "mha.out_proj.weight", "mha.out_proj.bias", "out", "x.shape[0] * x.shape[1]", "init.d_model", "init.d_model"] }
  ]
}
*/

// The formula step by step, one thread for each number, every step through memory.
// Right, but each multiplication is paid for with two loads, and the scores, 32 MiB, are written twice and read four times.

extern "C" __global__ void linear(const float* x, const float* weight, const float* bias, float* out, int rows, int columns, int k) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < rows * columns) {
        int row = i / columns, column = i % columns;
        float sum = bias[column];
        for (int j = 0; j < k; ++j) sum += x[row * k + j] * weight[column * k + j];
        out[i] = sum;
    }
}

// scores[b, h, q, key]; a token's row of qkv holds its query, key and value, each with the heads side by side.
extern "C" __global__ void score(const float* qkv, float* scores, int batch, int tokens, int heads, int model) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < batch * heads * tokens * tokens) {
        int key = i % tokens, query = i / tokens % tokens, head = i / tokens / tokens % heads, b = i / tokens / tokens / heads;
        int width = model / heads;
        const float* q = qkv + (b * tokens + query) * 3 * model + head * width;
        const float* k = qkv + (b * tokens + key) * 3 * model + model + head * width;
        float sum = 0.0f;
        for (int d = 0; d < width; ++d) sum += q[d] * k[d];
        scores[i] = sum / sqrtf(width);
    }
}

extern "C" __global__ void softmax(float* scores, int rows, int n) {
    int row = blockIdx.x * 128 + threadIdx.x;
    if (row < rows) {
        float* p = scores + row * n;
        float top = p[0], sum = 0.0f;
        for (int i = 1; i < n; ++i) top = fmaxf(top, p[i]);
        for (int i = 0; i < n; ++i) sum += expf(p[i] - top);
        for (int i = 0; i < n; ++i) p[i] = expf(p[i] - top) / sum;
    }
}

extern "C" __global__ void mix(const float* qkv, const float* scores, float* mixed, int batch, int tokens, int heads, int model) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < batch * tokens * model) {
        int column = i % model, query = i / model % tokens, b = i / model / tokens;
        int head = column / (model / heads);
        const float* p = scores + ((b * heads + head) * tokens + query) * tokens;
        float sum = 0.0f;
        for (int key = 0; key < tokens; ++key) sum += p[key] * qkv[(b * tokens + key) * 3 * model + 2 * model + column];
        mixed[i] = sum;
    }
}
