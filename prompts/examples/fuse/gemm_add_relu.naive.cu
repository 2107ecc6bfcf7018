/*launch-plan
{
  "buffers": { "product": { "dtype": "float32", "shape": ["out.shape[0]", "out.shape[1]"] } },
  "launches": [
    { "kernel": "gemm", "grid": ["ceil_div(out.shape[1], 16)", "ceil_div(out.shape[0], 16)"], "block": [16, 16],
      "args": ["x", "gemm.weight", "product", "out.shape[0]", "out.shape[1]", "x.shape[1]"] },
    { "kernel": "add_relu", "grid": ["ceil_div(out.numel, 256)"], "block": [256], "args": ["product", "bias", "out", "out.numel", "out.shape[1]"] }
  ]
}
*/

// Two kernels, like the two modules of the task. Right, but the product makes a trip through DRAM for an addition, and
// neighbouring threads read weights that lie a whole row of `k` apart.

extern "C" __global__ void gemm(const float* x, const float* weight, float* product, int m, int n, int k) {
    int row = blockIdx.y * 16 + threadIdx.y;
    int column = blockIdx.x * 16 + threadIdx.x;
    if (row < m && column < n) {
        float sum = 0.0f;
        for (int i = 0; i < k; ++i) {
            sum += x[(long long)row * k + i] * weight[(long long)column * k + i];
        }
        product[(long long)row * n + column] = sum;
    }
}

extern "C" __global__ void add_relu(const float* product, const float* bias, float* out, long long count, int n) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < count) {
        float v = product[i] + bias[i % n];
        out[i] = v > 0.0f ? v : 0.0f;
    }
}
