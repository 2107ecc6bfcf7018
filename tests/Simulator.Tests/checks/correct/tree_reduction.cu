// kernel: k grid=4 block=128
// arg: float* x 512 in
// arg: float* out 4 out
// result: out = sums(x, 128)
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[128];
    s[threadIdx.x] = x[blockIdx.x * 128 + threadIdx.x];
    __syncthreads();
    for (int d = 64; d > 0; d /= 2) {
        if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];
        __syncthreads();
    }
    if (threadIdx.x == 0) out[blockIdx.x] = s[0];
}
