/*launch-plan
{
  "launches": [
    { "kernel": "argmax", "grid": ["ceil_div(x.shape[0], 4)"], "block": [128], "args": ["x", "out", "x.shape[0]", "x.shape[1]"] }
  ]
}
*/
// One warp a row; value and index travel together. Of equal values the first wins.
extern "C" __global__ void argmax(const float* __restrict__ x, long long* __restrict__ out, int rows, int cols) {
    int row = blockIdx.x * 4 + threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    if (row >= rows) return;
    float best = 0.0f;
    int where = 0;
    for (int c = lane; c < cols; c += 32) {
        float v = x[(size_t)row * cols + c];
        if (v > best) {
            best = v;
            where = c;
        }
    }
    for (int o = 16; o > 0; o >>= 1) {
        float other = __shfl_xor_sync(0xffffffffu, best, o);
        int other_where = __shfl_xor_sync(0xffffffffu, where, o);
        if (other > best || (other == best && other_where < where)) {
            best = other;
            where = other_where;
        }
    }
    if (lane == 0) {
        out[row] = where;
    }
}
