// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 1 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];  // expect: race s[32] with @add
    if (threadIdx.x < 32) {
        s[threadIdx.x] += s[threadIdx.x + 32];  // expect: uninitialised_read s[32] // @add
        __syncwarp();
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        float sum = 0.0f;
        for (int i = 0; i < 32; ++i) sum += s[i];
        out[0] = sum;
    }
}
