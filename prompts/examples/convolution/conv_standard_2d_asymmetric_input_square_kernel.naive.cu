/*launch-plan
{
  "launches": [
    { "kernel": "conv2d", "grid": ["ceil_div(out.numel, 256)"], "block": [256],
      "args": ["x", "conv2d.weight", "out", "out.numel", "x.shape[1]", "x.shape[2]", "x.shape[3]",
               "out.shape[1]", "out.shape[2]", "out.shape[3]", "init.kernel_size"] }
  ]
}
*/

// One thread for each output, three loops over its window. (No stride, padding, dilation or groups in this task.)
// Right, but each multiplication pays for two loads and the arithmetic of their addresses.

extern "C" __global__ void conv2d(const float* x, const float* weight, float* out, long long n, int channels, int height, int width,
                                  int filters, int out_height, int out_width, int kernel) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        int column = i % out_width;
        int row = i / out_width % out_height;
        int filter = i / out_width / out_height % filters;
        long long image = i / out_width / out_height / filters;
        float sum = 0.0f;
        for (int c = 0; c < channels; ++c) {
            for (int r = 0; r < kernel; ++r) {
                for (int s = 0; s < kernel; ++s) {
                    sum += x[((image * channels + c) * height + row + r) * width + column + s] * weight[((filter * channels + c) * kernel + r) * kernel + s];
                }
            }
        }
        out[i] = sum;
    }
}
