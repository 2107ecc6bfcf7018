// kernel: k grid=5 block=64
// arg: int* x 320 in
// arg: int* part 320 scratch
// arg: int* out 1 out
// result: out = sum(x)
// Every thread fences its own store; the barrier carries that to the thread that takes the ticket.
__device__ unsigned int tickets;
extern "C" __global__ void k(const int* x, int* part, int* out) {
    __shared__ bool last;
    int i = blockIdx.x * 64 + threadIdx.x;
    part[i] = x[i];
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicInc(&tickets, gridDim.x - 1) == gridDim.x - 1;
    __syncthreads();
    if (!last) return;
    __threadfence();
    int sum = 0;
    for (int j = threadIdx.x; j < 320; j += 64) sum += part[j];
    sum = __reduce_add_sync(~0u, sum);
    __shared__ int s[2];
    if (threadIdx.x % 32 == 0) s[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) out[0] = s[0] + s[1];
}
