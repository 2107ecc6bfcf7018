// kernel: k grid=4 block=32
// arg: float* x 128 in
// arg: float* out 128 out
// result: out = stencil(x)
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[34];
    int i = blockIdx.x * 32 + threadIdx.x;
    s[threadIdx.x + 1] = x[i];
    if (threadIdx.x == 0) s[0] = i > 0 ? x[i - 1] : 0.0f;
    if (threadIdx.x == 31) s[33] = i < 127 ? x[i + 1] : 0.0f;
    __syncthreads();
    out[i] = s[threadIdx.x] + s[threadIdx.x + 1] + s[threadIdx.x + 2];
}
