// kernel: k grid=1 block=32
// arg: float* x 64 in
// arg: float* out 32 out
// arg: int useShared = 1
__device__ __noinline__ float second(const float* p, int i) {
    return p[i];  // expect: out_of_bounds_read s[32]
}
extern "C" __global__ void k(const float* x, float* out, int useShared) {
    __shared__ float s[32];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    const float* p = useShared ? s : x;
    out[threadIdx.x] = second(p, threadIdx.x + 1);
}
