// 3 × 3, zeros outside.
extern "C" __global__ void convolution(const float* __restrict__ x, const float* __restrict__ w, float* __restrict__ out, int width, int height) {
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (col >= width || row >= height) return;
    float acc = 0.0f;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
            int r = row + dy, c = col + dx;
            if (r >= 0 && r < height && c >= 0 && c < width) acc += x[r * width + c] * w[(dy + 1) * 3 + dx + 1];
        }
    out[row * width + col] = acc;
}
