// kernel: k grid=1 block=64
// arg: float* x 320 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[2][64];
    unsigned int t = threadIdx.x;
    float sum = 0.0f;
    s[0][t] = x[t];
    __syncthreads();
    for (int step = 0; step < 4; ++step) {
        s[(step + 1) & 1][t] = x[(step + 1) * 64 + t];  // expect: race s[64] with @read
        sum += s[step & 1][63 - t];  // expect: uninitialised_read s[95] // @read
    }
    out[t] = sum;
}
