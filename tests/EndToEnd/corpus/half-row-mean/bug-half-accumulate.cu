/*launch-plan
{
  "launches": [
    { "kernel": "row_mean", "grid": ["x.shape[0]"], "block": [128], "args": ["x", "out", "x.shape[1]"] }
  ]
}
*/
#include <cuda_fp16.h>

// float16 in and out, float32 in between. Rows may start on an odd element, so loads are single halves.
extern "C" __global__ void row_mean(const __half* __restrict__ x, __half* __restrict__ out, int cols) {
    __shared__ float parts[4];
    const __half* row = x + (size_t)blockIdx.x * cols;
    __half total = __float2half(0.0f);
    if (threadIdx.x == 0) {
        for (int c = 0; c < cols; ++c) {
            total = __hadd(total, row[c]);
        }
    }
    float sum = __half2float(total);
    for (int o = 16; o > 0; o >>= 1) {
        sum += __shfl_xor_sync(0xffffffffu, sum, o);
    }
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = sum;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        out[blockIdx.x] = __float2half((parts[0] + parts[1] + parts[2] + parts[3]) / cols);
    }
}
