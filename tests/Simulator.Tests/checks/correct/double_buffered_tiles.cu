// kernel: k grid=1 block=64
// arg: float* x 256 in
// arg: float* out 256 out
// result: out = reversed_chunks(x, 64)
// One barrier a step is enough with two buffers.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[2][64];
    unsigned int t = threadIdx.x;
    s[0][t] = x[t];
    __syncthreads();
    for (int step = 0; step < 4; ++step) {
        if (step < 3) s[(step + 1) & 1][t] = x[(step + 1) * 64 + t];
        out[step * 64 + t] = s[step & 1][63 - t];
        __syncthreads();
    }
}
