// kernel: k grid=1 block=128
// arg: float* x 128 in
// arg: float* out 1 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[128];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    for (int d = 64; d > 0; d /= 2)
        if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];  // expect: race s[16] with @itself // @itself
    if (threadIdx.x == 0) out[0] = s[0];
}
