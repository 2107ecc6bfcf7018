// kernel: k grid=1 block=48
// arg: float* x 48 in
// arg: float* out 1 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    if (threadIdx.x == 0) {
        float sum = 0.0f;
        for (int i = 0; i < 64; ++i) sum += s[i];  // expect: uninitialised_read s[48]
        out[0] = sum;
    }
}
