// kernel: k grid=1 block=64
// arg: float* x 320 in
// arg: float* out 64 out
// The next tile is written over the one that is being read.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[2][64];
    unsigned int t = threadIdx.x;
    float sum = 0.0f;
    s[0][t] = x[t];
    for (int step = 0; step < 4; ++step) {
        __syncthreads();
        sum += s[step & 1][63 - t];  // expect: race s[63] with @write
        s[step & 1][t] = x[(step + 1) * 64 + t];  // @write
        s[(step + 1) & 1][t] = x[(step + 1) * 64 + t];
    }
    out[t] = sum;
}
