/*launch-plan
{
  "buffers": { "out": { "fill": 0 } },
  "launches": [
    { "kernel": "histogram", "grid": ["min(ceil_div(values.numel, 1024), 264)"], "block": [256], "shared_bytes": "init.bins * 4",
      "args": ["values", "out", "values.numel", "init.bins"] }
  ]
}
*/
// Each block counts in shared memory and adds its counts to the result once.
extern "C" __global__ void histogram(const int* __restrict__ values, int* __restrict__ counts, int n, int bins) {
    extern __shared__ int local[];
    for (int b = threadIdx.x; b < bins; b += blockDim.x) {
        local[b] = 0;
    }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&local[values[i]], 1);
    }
    __syncthreads();
    for (int b = threadIdx.x; b < bins; b += blockDim.x) {
        if (local[b] != 0) {
            atomicAdd(&counts[b], local[b]);
        }
    }
}
