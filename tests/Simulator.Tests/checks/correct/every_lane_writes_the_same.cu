// kernel: k grid=2 block=64
// arg: float* x 128 in
// arg: float* out 2 out
// result: out = sums(x, 64)
// All lanes of a warp store one sum in one word: whichever comes last, it holds the same.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float part[2];
    float v = x[blockIdx.x * 64 + threadIdx.x];
    for (int d = 16; d > 0; d /= 2) v += __shfl_xor_sync(~0u, v, d);
    part[threadIdx.x / 32] = v;
    __syncthreads();
    out[blockIdx.x] = part[0] + part[1];
}
