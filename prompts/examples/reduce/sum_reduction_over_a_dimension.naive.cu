/*launch-plan
{
  "launches": [
    { "kernel": "sum_dim1", "grid": ["x.shape[0] * x.shape[2]"], "block": [128], "args": ["x", "out", "x.shape[1]", "x.shape[2]"] }
  ]
}
*/

// The textbook reduction: one block for each output element, a tree in shared memory.
// Right, but neighbouring threads read elements that lie a whole row (`columns`) apart: every 4-byte load fetches its own sector.

extern "C" __global__ void sum_dim1(const float* x, float* out, int rows, int columns) {
    __shared__ float sums[128];
    int batch = blockIdx.x / columns;
    int column = blockIdx.x % columns;
    const float* base = x + (long long)batch * rows * columns + column;

    float sum = 0.0f;
    for (int r = threadIdx.x; r < rows; r += 128) {
        sum += base[(long long)r * columns];
    }
    sums[threadIdx.x] = sum;
    __syncthreads();

    for (int half = 64; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        out[blockIdx.x] = sums[0];
    }
}
