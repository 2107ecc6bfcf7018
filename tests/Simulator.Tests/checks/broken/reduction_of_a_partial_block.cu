// kernel: k grid=1 block=96
// arg: float* x 96 in
// arg: float* out 1 out
// The first step reads 128 elements of a block that has 96 threads.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[128];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    for (int d = 64; d > 0; d /= 2) {
        if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];  // expect: uninitialised_read s[96]
        __syncthreads();
    }
    if (threadIdx.x == 0) out[0] = s[0];
}
