/*launch-plan
{
  "launches": [
    { "kernel": "row_sum", "grid": ["x.shape[0]"], "block": [128], "args": ["x", "out", "x.shape[1]"] }
  ]
}
*/
// One block a row: shuffles within each warp, then the four warps meet in shared memory.
extern "C" __global__ void row_sum(const float* __restrict__ x, float* __restrict__ out, int cols) {
    __shared__ float warp_sums[32];
    const float* row = x + (size_t)blockIdx.x * cols;
    float sum = 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        sum += row[c];
    }
    for (int o = 16; o > 0; o >>= 1) {
        sum += __shfl_down_sync(0xffffffffu, sum, o);
    }
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    if (lane == 0) {
        warp_sums[warp] = sum;
    }
    __syncthreads();
    if (warp == 0) {
        sum = lane < blockDim.x / 32 ? warp_sums[lane] : 0.0f;
        for (int o = 16; o > 0; o >>= 1) {
            sum += __shfl_down_sync(0xffffffffu, sum, o);
        }
        if (lane == 0) {
            out[blockIdx.x] = sum;
        }
    }
}
