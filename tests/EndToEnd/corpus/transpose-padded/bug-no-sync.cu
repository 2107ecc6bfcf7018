/*launch-plan
{
  "launches": [
    { "kernel": "transpose", "grid": ["ceil_div(x.shape[2], 32)", "ceil_div(x.shape[1], 32)", "x.shape[0]"], "block": [32, 8],
      "args": ["x", "out", "x.shape[1]", "x.shape[2]"] }
  ]
}
*/
// Tiles of 32 x 32 through shared memory: reads and writes are both rows of 128 bytes; 33 columns avoid bank conflicts.
extern "C" __global__ void transpose(const float* __restrict__ x, float* __restrict__ out, int rows, int cols) {
    __shared__ float tile[32][33];
    const float* from = x + (size_t)blockIdx.z * rows * cols;
    float* to = out + (size_t)blockIdx.z * rows * cols;
    int col = blockIdx.x * 32 + threadIdx.x;
    for (int i = threadIdx.y; i < 32; i += 8) {
        int row = blockIdx.y * 32 + i;
        if (row < rows && col < cols) {
            tile[i][threadIdx.x] = from[(size_t)row * cols + col];
        }
    }
    int row = blockIdx.y * 32 + threadIdx.x;
    for (int i = threadIdx.y; i < 32; i += 8) {
        int c = blockIdx.x * 32 + i;
        if (row < rows && c < cols) {
            to[(size_t)c * rows + row] = tile[threadIdx.x][i];
        }
    }
}
