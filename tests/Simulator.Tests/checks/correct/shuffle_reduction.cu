// kernel: k grid=3 block=96
// arg: float* x 288 in
// arg: float* out 3 out
// result: out = sums(x, 96)
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float part[3];
    float v = x[blockIdx.x * 96 + threadIdx.x];
    for (int d = 16; d > 0; d /= 2) v += __shfl_xor_sync(~0u, v, d);
    if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = v;
    __syncthreads();
    if (threadIdx.x == 0) out[blockIdx.x] = part[0] + part[1] + part[2];
}
