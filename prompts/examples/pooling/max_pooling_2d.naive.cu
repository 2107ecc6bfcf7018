/*launch-plan
{
  "launches": [
    { "kernel": "max_pool", "grid": ["ceil_div(out.numel, 256)"], "block": [256],
      "args": ["x", "out", "out.numel", "x.shape[2]", "x.shape[3]", "out.shape[2]", "out.shape[3]", "init.kernel_size", "init.stride", "init.padding"] }
  ]
}
*/

// One thread for each output, two loops over its window with a bounds check for each element.
// Right, but every input is fetched 16 times, and each time pays for four comparisons and an address: arithmetic is the limit, not DRAM.

extern "C" __global__ void max_pool(const float* x, float* out, long long n, int height, int width, int out_height, int out_width,
                                    int kernel, int stride, int padding) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        int column = i % out_width;
        int row = i / out_width % out_height;
        const float* plane = x + i / out_width / out_height * height * width;
        float largest = -INFINITY;
        for (int r = row * stride - padding; r < row * stride - padding + kernel; ++r) {
            for (int c = column * stride - padding; c < column * stride - padding + kernel; ++c) {
                if (r >= 0 && r < height && c >= 0 && c < width) {
                    largest = fmaxf(largest, plane[r * width + c]);
                }
            }
        }
        out[i] = largest;
    }
}
