// kernel: k grid=2,2 block=8,8
// arg: float* a 256 in
// arg: float* b 256 in
// arg: float* out 256 out
// result: out = product(a, b, 16, 16)
extern "C" __global__ void k(const float* a, const float* b, float* out) {
    __shared__ float as[8][8], bs[8][8];
    int x = threadIdx.x, y = threadIdx.y, column = blockIdx.x * 8 + x, row = blockIdx.y * 8 + y;
    float sum = 0.0f;
    for (int t = 0; t < 16; t += 8) {
        as[y][x] = a[row * 16 + t + x];
        bs[y][x] = b[(t + y) * 16 + column];
        __syncthreads();
        for (int i = 0; i < 8; ++i) sum += as[y][i] * bs[i][x];
        __syncthreads();
    }
    out[row * 16 + column] = sum;
}
