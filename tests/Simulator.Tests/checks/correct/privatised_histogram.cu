// kernel: k grid=4 block=64
// arg: uint* x 1000 in
// arg: int* bins 16 inout zero
// arg: int n = 1000
// result: bins = histogram(x, 16)
extern "C" __global__ void k(const unsigned int* x, int* bins, int n) {
    __shared__ int own[16];
    if (threadIdx.x < 16) own[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * 64 + threadIdx.x; i < n; i += 256) atomicAdd(&own[x[i] % 16], 1);
    __syncthreads();
    if (threadIdx.x < 16) atomicAdd(&bins[threadIdx.x], own[threadIdx.x]);
}
