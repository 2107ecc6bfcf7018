/*launch-plan
{ "launches": [ { "kernel": "k", "grid": ["x.shape[0]"], "block": [256], "args": ["x", "out", "x.shape[1]", "init.eps"] } ] }
*/
// All lanes of a warp store its sum: the same value, so that it does not matter whose store is last.
__global__ void k(const float* __restrict__ x, float* __restrict__ y, int n, float eps) {
  __shared__ float parts[8];
  __shared__ float acc;
  const float* row = x + (size_t)blockIdx.x * n;
  if (threadIdx.x == 0) acc = 0.f;
  __syncthreads();
  float s = 0.f;
  for (int i = threadIdx.x; i < n; i += blockDim.x) { float v = fmaxf(2.f * row[i] + 1.f, 0.f); s += v * v; }
  for (int o = 16; o; o >>= 1) s += __shfl_xor_sync(0xffffffff, s, o);
  parts[threadIdx.x / 32] = s;
  __syncthreads();
  if (threadIdx.x < 8) atomicAdd(&acc, parts[threadIdx.x]);
  __syncthreads();
  float inv = 1.f / (sqrtf(acc) + eps);
  for (int i = threadIdx.x; i < n; i += blockDim.x) y[(size_t)blockIdx.x * n + i] = fmaxf(2.f * row[i] + 1.f, 0.f) * inv;
}
