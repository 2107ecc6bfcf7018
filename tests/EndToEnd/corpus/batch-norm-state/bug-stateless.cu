/*launch-plan
{
  "defines": { "PLANE": "x.shape[2] * x.shape[3]" },
  "launches": [
    { "kernel": "batch_norm", "grid": ["x.shape[1]"], "block": [256],
      "args": ["x", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "out", "x.shape[0]", "x.shape[1]", 0.1, 1e-5] }
  ]
}
*/
// One block a channel. Train mode: normalise with this batch's moments, and move the running ones by `momentum`;
// the running variance takes the unbiased estimate (n - 1).
__device__ float block_sum(float v) {
    __shared__ float parts[8];
    for (int o = 16; o > 0; o >>= 1) {
        v += __shfl_xor_sync(0xffffffffu, v, o);
    }
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = v;
    }
    __syncthreads();
    float sum = 0.0f;
    for (int w = 0; w < 8; ++w) {
        sum += parts[w];
    }
    __syncthreads();
    return sum;
}

extern "C" __global__ void batch_norm(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                      float* running_mean, float* running_var, float* __restrict__ out,
                                      int batch, int channels, float momentum, float eps) {
    int c = blockIdx.x;
    int n = batch * PLANE;
    float sum = 0.0f;
    for (int i = threadIdx.x; i < n; i += 256) {
        sum += x[((size_t)(i / PLANE) * channels + c) * PLANE + i % PLANE];
    }
    float mean = block_sum(sum) / n;
    float squares = 0.0f;
    for (int i = threadIdx.x; i < n; i += 256) {
        float d = x[((size_t)(i / PLANE) * channels + c) * PLANE + i % PLANE] - mean;
        squares += d * d;
    }
    squares = block_sum(squares);
    float scale = rsqrtf(squares / n + eps) * weight[c];
    for (int i = threadIdx.x; i < n; i += 256) {
        size_t at = ((size_t)(i / PLANE) * channels + c) * PLANE + i % PLANE;
        out[at] = (x[at] - mean) * scale + bias[c];
    }
}
