/*launch-plan
{
  "defines": { "IN": "init.channels", "OUT": "conv.weight.shape[0]" },
  "launches": [
    { "kernel": "conv3x3_relu", "grid": ["ceil_div(x.shape[3], 16)", "ceil_div(x.shape[2], 16)", "x.shape[0]"], "block": [16, 16],
      "args": ["x", "conv.weight", "conv.bias", "out", "x.shape[2]", "x.shape[3]"] }
  ]
}
*/
// A block makes 16 x 16 pixels of all output channels. For each input channel it loads the tile with a halo of one pixel
// (18 x 18, zeros outside the image) that 256 threads fill in two rounds.
extern "C" __global__ void conv3x3_relu(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                        float* __restrict__ out, int height, int width) {
    __shared__ float tile[18][18];
    int tid = threadIdx.y * 16 + threadIdx.x;
    int row0 = blockIdx.y * 16 - 1;
    int col0 = blockIdx.x * 16 - 1;
    float sums[OUT];
    for (int o = 0; o < OUT; ++o) {
        sums[o] = bias[o];
    }
    for (int c = 0; c < IN; ++c) {
        const float* plane = x + ((size_t)blockIdx.z * IN + c) * height * width;
        for (int i = tid; i < 18 * 18; i += 256) {
            int row = row0 + i / 18;
            int col = col0 + i % 18;
            bool inside = row < height && col < width;
            tile[i / 18][i % 18] = inside ? plane[row * width + col] : 0.0f;
        }
        __syncthreads();
        for (int o = 0; o < OUT; ++o) {
            const float* w = weight + (o * IN + c) * 9;
            for (int k = 0; k < 9; ++k) {
                sums[o] += w[k] * tile[threadIdx.y + k / 3][threadIdx.x + k % 3];
            }
        }
        __syncthreads();
    }
    int row = blockIdx.y * 16 + threadIdx.y;
    int col = blockIdx.x * 16 + threadIdx.x;
    if (row < height && col < width) {
        for (int o = 0; o < OUT; ++o) {
            out[(((size_t)blockIdx.z * OUT + o) * height + row) * width + col] = fmaxf(sums[o], 0.0f);
        }
    }
}
