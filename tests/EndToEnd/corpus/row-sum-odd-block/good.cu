/*launch-plan
{ "launches": [ { "kernel": "row_sum", "grid": ["x.shape[0]"], "block": [256], "args": ["x", "out", "x.shape[1]"] } ] }
*/
// The second stage has eight lanes; what its lanes 4 to 7 read from lanes that take no part is never used.
__global__ void row_sum(const float* x, float* y, int n) {
  __shared__ float parts[8];
  float s = 0.f;
  for (int i = threadIdx.x; i < n; i += blockDim.x) s += x[(size_t)blockIdx.x * n + i];
  for (int o = 16; o; o >>= 1) s += __shfl_xor_sync(0xffffffffu, s, o);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = s;
  __syncthreads();
  if (threadIdx.x < 8) {
    s = parts[threadIdx.x];
    for (int o = 4; o; o >>= 1) s += __shfl_down_sync(0xffu, s, o);
    if (threadIdx.x == 0) y[blockIdx.x] = s;
  }
}
