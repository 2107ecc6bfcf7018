// Stream compaction: places from an atomic, one a warp, or one a block through shared memory; and a queue whose loop hangs on the atomic.
extern "C" __global__ void compact_warp(const int* __restrict__ x, int* __restrict__ y, int* count, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x, v = i < n ? x[i] : 0;
    const unsigned int keep = __ballot_sync(~0u, v > 0);
    const int lane = threadIdx.x & 31;
    int first = 0;
    if (lane == 0) first = atomicAdd(count, __popc(keep));
    first = __shfl_sync(~0u, first, 0);
    if (v > 0) y[first + __popc(keep & ((1u << lane) - 1))] = v;
}
extern "C" __global__ void compact_block(const int* __restrict__ x, int* __restrict__ y, int* count, int n) {
    __shared__ int first, kept;
    const int i = blockIdx.x * blockDim.x + threadIdx.x, v = i < n ? x[i] : 0;
    if (threadIdx.x == 0) kept = 0;
    __syncthreads();
    int at = 0;
    if (v > 0) at = atomicAdd(&kept, 1);
    __syncthreads();
    if (threadIdx.x == 0) first = atomicAdd(count, kept);
    __syncthreads();
    if (v > 0) y[first + at] = v;
}
extern "C" __global__ void queue(const int* __restrict__ x, int* __restrict__ y, int* count, int n) {
    __shared__ int item;
    while (true) {
        if (threadIdx.x == 0) item = atomicAdd(count, blockDim.x);
        __syncthreads();
        const int i = item + threadIdx.x;
        if (i >= n) break;
        y[i] = x[i] + 1;
        __syncthreads();
    }
}
