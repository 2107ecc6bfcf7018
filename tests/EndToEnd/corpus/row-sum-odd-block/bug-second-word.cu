/*launch-plan
{ "launches": [ { "kernel": "row_sum", "grid": ["x.shape[0]"], "block": [256], "args": ["x", "out", "x.shape[1]"] } ] }
*/
__global__ void row_sum(const float* x, float* y, int n) {
  __shared__ float2 parts[8];
  float s = 0.f;
  for (int i = threadIdx.x; i < n; i += blockDim.x) s += x[(size_t)blockIdx.x * n + i];
  float own = s;
  for (int o = 16; o; o >>= 1) s += __shfl_xor_sync(0xffffffffu, s, o);
  parts[threadIdx.x / 32] = make_float2(s, own);
  __syncthreads();
  if (threadIdx.x == 0) {
    float2 a = parts[0];
    for (int i = 1; i < 8; i++) { a.x += parts[i].x; a.y += parts[i].y; }
    y[blockIdx.x] = a.x + 1e-30f * a.y;
  }
}
