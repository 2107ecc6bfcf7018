/*launch-plan
{
  "launches": [
    { "kernel": "layer_norm", "grid": ["x.shape[0]"], "block": [256],
      "args": ["x", "ln.weight", "ln.bias", "out", "ln.weight.numel", 1e-5] }
  ]
}
*/

// One block for each row, three walks over it: mean, variance, output.
// Right, but 64 rows occupy 64 of 132 multiprocessors, and each walk fetches all 16 MiB of a row again.

extern "C" __global__ void layer_norm(const float* x, const float* weight, const float* bias, float* out, int n, float eps) {
    __shared__ float sums[256];
    const float* row = x + (long long)blockIdx.x * n;
    float* to = out + (long long)blockIdx.x * n;

    float sum = 0.0f;
    for (int i = threadIdx.x; i < n; i += 256) {
        sum += row[i];
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    float mean = sums[0] / n;
    __syncthreads();

    float squares = 0.0f;
    for (int i = threadIdx.x; i < n; i += 256) {
        float d = row[i] - mean;
        squares += d * d;
    }
    sums[threadIdx.x] = squares;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    float scale = 1.0f / sqrtf(sums[0] / n + eps);

    for (int i = threadIdx.x; i < n; i += 256) {
        to[i] = (row[i] - mean) * scale * weight[i] + bias[i];
    }
}
