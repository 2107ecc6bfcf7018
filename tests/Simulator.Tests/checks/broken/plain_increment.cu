// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 8 out
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int bins[8];
    if (threadIdx.x < 8) bins[threadIdx.x] = 0;
    __syncthreads();
    bins[x[threadIdx.x] & 7]++;  // expect: race bins[0] with @itself // @itself
    __syncthreads();
    if (threadIdx.x < 8) out[threadIdx.x] = bins[threadIdx.x];
}
