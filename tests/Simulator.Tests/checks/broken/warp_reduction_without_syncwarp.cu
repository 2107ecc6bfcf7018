// kernel: k grid=1 block=32
// arg: float* x 64 in
// arg: float* out 1 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[64];
    unsigned int t = threadIdx.x;
    s[t] = x[t];
    s[t + 32] = x[t + 32];
    __syncwarp();
    s[t] += s[t + 32];  // @32
    if (t < 16) s[t] += s[t + 16];  // expect: race s[16] with @32
    __syncwarp();
    if (t < 8) s[t] += s[t + 8];
    __syncwarp();
    if (t < 4) s[t] += s[t + 4];
    __syncwarp();
    if (t < 2) s[t] += s[t + 2];
    __syncwarp();
    if (t == 0) out[0] = s[0] + s[1];
}
