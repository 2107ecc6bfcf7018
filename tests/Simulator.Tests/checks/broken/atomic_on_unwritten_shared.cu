// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 8 out
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int bins[8];
    if (threadIdx.x < 7) bins[threadIdx.x] = 0;
    __syncthreads();
    atomicAdd(&bins[x[threadIdx.x] & 7], 1);  // expect: uninitialised_read bins[7]
    __syncthreads();
    if (threadIdx.x < 8) out[threadIdx.x] = bins[threadIdx.x];
}
