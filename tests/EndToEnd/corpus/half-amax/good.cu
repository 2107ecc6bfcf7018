/*launch-plan
{ "launches": [ { "kernel": "amax", "grid": ["x.shape[0]"], "block": [32], "args": ["x", "out", "x.shape[1]"] } ] }
*/
#include <cuda_fp16.h>
#include <stdio.h>
// Shuffles of __half; INFINITY and int64_t without an include, as under nvcc.
__global__ void amax(const half* __restrict__ x, half* __restrict__ out, int n) {
  const half* row = x + (int64_t)blockIdx.x * n;
  half m = __float2half(-INFINITY);
  for (int i = threadIdx.x; i < n; i += 32) m = __hmax(m, row[i]);
  for (int o = 16; o; o >>= 1) m = __hmax(m, __shfl_xor_sync(0xffffffffu, m, o));
  if (threadIdx.x == 0) out[blockIdx.x] = m;
  if (threadIdx.x == 0 && blockIdx.x == 0) printf("first maximum %f\n", __half2float(m));
}
