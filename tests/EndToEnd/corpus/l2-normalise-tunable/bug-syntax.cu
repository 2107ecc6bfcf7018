/*launch-plan
{
  "tunables": { "ROWS": [2, 4], "UNROLL": [2, 1] },
  "defines": { "COLS": "x.shape[1]" },
  "launches": [
    { "kernel": "normalise<float, ROWS, UNROLL>", "grid": ["ceil_div(x.shape[0], ROWS)"], "block": ["32", "ROWS"], "args": ["x", "out", "x.shape[0]"] }
  ]
}
*/
// ROWS warps a block, one row each; UNROLL independent sums a lane. The row length is a compile-time constant.
template <class T, int WARPS, int SUMS>
__global__ void __launch_bounds__(32 * WARPS) normalise(const T* __restrict__ x, T* __restrict__ out, int rows) {
    int row = blockIdx.x * WARPS + threadIdx.y;
    if (row >= rows) return;
    T sums[SUMS] = {};
    for (int c = threadIdx.x; c < COLS; c += 32 * SUMS) {
        #pragma unroll
        for (int u = 0; u < SUMS; ++u) {
            if (c + 32 * u < COLS) {
                T v = x[(size_t)row * COLS + c + 32 * u];
                sums[u] += v * v;
            }
        }
    }
    T sum = sums[0];
    for (int u = 1; u < SUMS; ++u) {
        sum += sums[u];
    }
    for (int o = 16; o > 0; o >>= 1) {
        sum += __shfl_xor_sync(0xffffffffu, sum, o);
    }
    T scale = T(1) / sqrtf(sum)
    for (int c = threadIdx.x; c < COLS; c += 32) {
        out[(size_t)row * COLS + c] = x[(size_t)row * COLS + c] * scale;
    }
}
