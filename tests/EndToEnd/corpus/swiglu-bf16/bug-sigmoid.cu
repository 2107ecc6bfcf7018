/*launch-plan
{ "launches": [ { "kernel": "swiglu", "grid": ["ceil_div(gate.numel, 2048)"], "block": [256], "args": ["gate", "up", "out", "gate.numel"] } ] }
*/
#include <cuda_bf16.h>
__device__ __forceinline__ float silu(float g) { return 1.f / (1.f + __expf(-g)); }
__global__ void swiglu(const __nv_bfloat16* __restrict__ g, const __nv_bfloat16* __restrict__ u, __nv_bfloat16* __restrict__ o, long n) {
  long i = ((long)blockIdx.x * blockDim.x + threadIdx.x) * 8;
  if (i + 8 <= n) {
    uint4 gv = *reinterpret_cast<const uint4*>(g + i), uv = *reinterpret_cast<const uint4*>(u + i), ov;
    const __nv_bfloat162* gp = reinterpret_cast<const __nv_bfloat162*>(&gv); const __nv_bfloat162* up = reinterpret_cast<const __nv_bfloat162*>(&uv);
    __nv_bfloat162* op = reinterpret_cast<__nv_bfloat162*>(&ov);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      float2 a = __bfloat1622float2(gp[k]), b = __bfloat1622float2(up[k]);
      // PyTorch rounds silu to bf16 first
      __nv_bfloat162 s = __floats2bfloat162_rn(silu(a.x), silu(a.y));
      op[k] = __hmul2(s, up[k]);
    }
    *reinterpret_cast<uint4*>(o + i) = ov;
  } else for (; i < n; i++) o[i] = __float2bfloat16(silu(__bfloat162float(g[i])) * __bfloat162float(u[i]));
}
