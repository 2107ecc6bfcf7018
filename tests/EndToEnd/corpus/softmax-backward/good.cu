/*launch-plan
{
  "launches": [
    { "kernel": "softmax_backward", "grid": ["ceil_div(y.shape[0], 8)"], "block": [256], "args": ["y", "dy", "out", "y.shape[0]", "y.shape[1]"] }
  ]
}
*/
// dx = y * (dy - sum(y * dy)), one warp a row.
extern "C" __global__ void softmax_backward(const float* __restrict__ y, const float* __restrict__ dy, float* __restrict__ dx, int rows, int dim) {
    int row = blockIdx.x * 8 + threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    if (row >= rows) return;
    size_t start = (size_t)row * dim;
    float dot = 0.0f;
    for (int c = lane; c < dim; c += 32) {
        dot += y[start + c] * dy[start + c];
    }
    for (int o = 16; o > 0; o >>= 1) {
        dot += __shfl_down_sync(0xffffffffu, dot, o);
    }
    dot = __shfl_sync(0xffffffffu, dot, 0);
    for (int c = lane; c < dim; c += 32) {
        dx[start + c] = y[start + c] * (dy[start + c] - dot);
    }
}
