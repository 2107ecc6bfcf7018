/*launch-plan
{
  "launches": [
    { "kernel": "resize", "grid": ["ceil_div(out.numel, 256)"], "block": [256],
      "args": ["x", "out", "out.numel", "x.shape[2]", "x.shape[3]", "target_size[0]", "target_size[1]"] }
  ]
}
*/

// One thread for each output pixel, which works out its source position and mixes four neighbours.
// Right, but each pixel pays for two positions, 64-bit divisions and four loads; the mixing itself is the least of the work.

extern "C" __global__ void resize(const float* x, float* out, long long n, int height, int width, int out_height, int out_width) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        int column = i % out_width;
        int row = i / out_width % out_height;
        const float* image = x + i / out_width / out_height * height * width;

        float sy = fmaxf((row + 0.5f) * height / out_height - 0.5f, 0.0f);
        float sx = fmaxf((column + 0.5f) * width / out_width - 0.5f, 0.0f);
        int y0 = min((int)sy, height - 1), y1 = min(y0 + 1, height - 1);
        int x0 = min((int)sx, width - 1), x1 = min(x0 + 1, width - 1);
        float fy = sy - y0, fx = sx - x0;

        float upper = image[y0 * width + x0] * (1.0f - fx) + image[y0 * width + x1] * fx;
        float lower = image[y1 * width + x0] * (1.0f - fx) + image[y1 * width + x1] * fx;
        out[i] = upper * (1.0f - fy) + lower * fy;
    }
}
