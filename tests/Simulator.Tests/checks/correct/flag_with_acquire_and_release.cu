// kernel: k grid=2 block=32
// arg: int* x 32 in
// arg: int* data 32 scratch
// arg: int* flag 1 inout zero
// arg: int* out 32 out
// result: out = plus(x, 1)
#include <cuda/atomic>
extern "C" __global__ void k(const int* x, int* data, int* flag, int* out) {
    cuda::atomic_ref<int, cuda::thread_scope_device> f(*flag);
    if (blockIdx.x == 0) {
        data[threadIdx.x] = x[threadIdx.x] + 1;
        __syncwarp();
        if (threadIdx.x == 0) f.store(1, cuda::memory_order_release);
    } else {
        if (threadIdx.x == 0) while (f.load(cuda::memory_order_acquire) == 0) { }
        __syncwarp();
        out[threadIdx.x] = data[threadIdx.x];
    }
}
