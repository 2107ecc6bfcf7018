// kernel: k grid=2 block=64
// arg: int* x 128 in
// arg: int* out 2 out
// result: out = sums(x, 64)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int lock, sum;
    if (threadIdx.x == 0) lock = sum = 0;
    __syncthreads();
    bool done = false;
    while (!done) {
        if (atomicExch(&lock, 1) == 0) {
            __threadfence_block();
            sum += x[blockIdx.x * 64 + threadIdx.x];
            __threadfence_block();
            atomicExch(&lock, 0);
            done = true;
        }
    }
    __syncthreads();
    if (threadIdx.x == 0) out[blockIdx.x] = sum;
}
