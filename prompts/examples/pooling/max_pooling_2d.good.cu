/*launch-plan
{
  "tunables": { "ROWS": [16, 32] },
  "defines": {
    "K": "init.kernel_size", "PAD": "init.padding",
    "HEIGHT": "x.shape[2]", "WIDTH": "x.shape[3]", "OUT_HEIGHT": "out.shape[2]", "OUT_WIDTH": "out.shape[3]",
    "COLUMNS": "32 - K + 1",
    "STRIPS": "ceil_div(OUT_WIDTH, COLUMNS)",
    "TILES": "ceil_div(OUT_HEIGHT, ROWS)"
  },
  "launches": [
    { "kernel": "max_pool", "grid": ["ceil_div(x.shape[0] * x.shape[1] * TILES * STRIPS, 8)"], "block": [256],
      "args": ["x", "out", "x.shape[0] * x.shape[1] * TILES * STRIPS"] }
  ]
}
*/

// Maxima of K x K windows at stride 1. DRAM should be the limit: each input is fetched about once, each output written once.
//  * A lane takes one input column and ROWS + K - 1 rows of it, all loads issued before the first is used.
//  * Maxima along columns first, in registers, then along rows, by shuffles between the 32 lanes; K - 1 of them only look
//    ahead. Both by doubling: windows of 2, then 4, …: for K = 4, four comparisons an output instead of 15.
//  * Shapes are compile-time constants, so that places are found without divisions. Outside the image: -infinity.

extern "C" __global__ void __launch_bounds__(256) max_pool(const float* __restrict__ x, float* __restrict__ out, int tasks) {
    const int task = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (task >= tasks) return;                                            // the same for the whole warp
    const int strip = task % STRIPS, row0 = task / STRIPS % TILES * ROWS, plane = task / STRIPS / TILES;
    const int column = strip * COLUMNS + lane;                            // of the output; of the input it is column - PAD

    const float* from = x + (long long)plane * (HEIGHT * WIDTH) + column - PAD;
    const bool inside = column >= PAD && column < WIDTH + PAD;
    float v[ROWS + K - 1];
    #pragma unroll
    for (int r = 0; r < ROWS + K - 1; ++r) {
        const int row = row0 + r - PAD;
        v[r] = inside && row >= 0 && row < HEIGHT ? from[row * WIDTH] : -INFINITY;
    }

    #pragma unroll
    for (int reach = 1; reach < K; reach = 2 * reach) {                   // v[r]: largest of `reach` rows from r on
        const int step = min(reach, K - reach);
        #pragma unroll
        for (int r = 0; r + step < ROWS + K - 1; ++r) v[r] = fmaxf(v[r], v[r + step]);
    }

    float* to = out + (long long)plane * (OUT_HEIGHT * OUT_WIDTH) + row0 * OUT_WIDTH + column;
    const bool mine = lane < COLUMNS && column < OUT_WIDTH;
    #pragma unroll
    for (int r = 0; r < ROWS; ++r) {
        #pragma unroll
        for (int reach = 1; reach < K; reach = 2 * reach) {
            v[r] = fmaxf(v[r], __shfl_down_sync(0xffffffffu, v[r], min(reach, K - reach)));
        }
        if (mine && row0 + r < OUT_HEIGHT) __stcs(to + r * OUT_WIDTH, v[r]);
    }
}
