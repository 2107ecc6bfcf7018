// kernel: k grid=1 block=64
// arg: int* x 32 in
// arg: int* out 32 out
// result: out = copy(x)
#include <cuda/atomic>
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int data[32];
    __shared__ cuda::atomic<int, cuda::thread_scope_block> flag;
    unsigned int lane = threadIdx.x % 32;
    if (threadIdx.x == 0) new (&flag) cuda::atomic<int, cuda::thread_scope_block>(0);
    __syncthreads();
    if (threadIdx.x < 32) {
        data[lane] = x[lane];
        __syncwarp();
        if (lane == 0) flag.store(1, cuda::memory_order_release);
    } else {
        while (flag.load(cuda::memory_order_acquire) == 0) { }
        out[lane] = data[lane];
    }
}
