/*launch-plan
{
  "launches": [
    { "kernel": "rms_norm", "grid": ["ceil_div(x.shape[0], 4)"], "block": [32, 4], "args": ["x", "weight", "out", "x.shape[0]", "x.shape[1]", "init.eps"] }
  ]
}
*/
#include <cuda_bf16.h>

// One warp a row, bfloat16 in memory, float32 in registers.
extern "C" __global__ void rms_norm(const __nv_bfloat16* __restrict__ x, const __nv_bfloat16* __restrict__ weight, __nv_bfloat16* __restrict__ out,
                                    int rows, int dim, float eps) {
    int row = blockIdx.x * 4 + threadIdx.y;
    if (row >= rows) return;
    const __nv_bfloat16* from = x + (size_t)row * dim;
    __nv_bfloat16* to = out + (size_t)row * dim;
    float squares = 0.0f;
    for (int c = threadIdx.x; c < dim; c += 32) {
        float v = __bfloat162float(from[c]);
        squares += v * v;
    }
    for (int o = 16; o > 0; o >>= 1) {
        squares += __shfl_xor_sync(0xffffffffu, squares, o);
    }
    float scale = rsqrtf(squares + eps);
    for (int c = threadIdx.x; c < dim; c += 32) {
        to[c] = __float2bfloat16(__bfloat162float(from[c]) * scale * __bfloat162float(weight[c]));
    }
}
