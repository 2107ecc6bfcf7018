/*launch-plan
{
  "buffers": { "turned": { "dtype": "float32", "shape": ["fc.weight.shape[1]", "fc.weight.shape[0]"], "persistent": true } },
  "prepare": [
    { "kernel": "turn", "grid": ["ceil_div(fc.weight.shape[1], 16)", "ceil_div(fc.weight.shape[0], 16)"], "block": [16, 16],
      "args": ["fc.weight", "turned", "fc.weight.shape[0]", "fc.weight.shape[1]"] }
  ],
  "launches": [
    { "kernel": "linear_tanh", "grid": ["ceil_div(fc.weight.shape[0], 64)", "x.shape[0]"], "block": [64],
      "args": ["x", "turned", "fc.bias", "out", "fc.weight.shape[0]", "fc.weight.shape[1]"] }
  ]
}
*/
// Once for a set of parameters: weight[n][k] becomes turned[k][n], so that neighbouring threads read neighbours.
extern "C" __global__ void turn(const float* __restrict__ weight, float* __restrict__ turned, int n, int k) {
    __shared__ float tile[16][17];
    int col = blockIdx.x * 16 + threadIdx.x;
    int row = blockIdx.y * 16 + threadIdx.y;
    if (row < n && col < k) {
        tile[threadIdx.y][threadIdx.x] = weight[row * k + col];
    }
    __syncthreads();
    row = blockIdx.x * 16 + threadIdx.y;
    col = blockIdx.y * 16 + threadIdx.x;
    if (row < k && col < n) {
        turned[row * n + col] = tile[threadIdx.x][threadIdx.y];
    }
}

extern "C" __global__ void linear_tanh(const float* __restrict__ x, const float* __restrict__ turned, const float* __restrict__ bias,
                                       float* __restrict__ out, int n, int k) {
    int col = blockIdx.x * 64 + threadIdx.x;
    if (col >= n) return;
    float sum = bias[col];
    for (int i = 0; i < k; ++i) {
        sum += x[blockIdx.y * k + i] * turned[i * n + col];
    }
    out[blockIdx.y * n + col] = tanhf(sum);
}
