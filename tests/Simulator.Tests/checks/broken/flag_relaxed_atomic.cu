// kernel: k grid=2 block=1
// arg: int* data 1 inout zero
// arg: int* flag 1 inout zero
// arg: int* out 1 out
#include <cuda/atomic>
extern "C" __global__ void k(int* data, int* flag, int* out) {
    cuda::atomic_ref<int, cuda::thread_scope_device> f(*flag);
    if (blockIdx.x == 0) {
        data[0] = 42;  // @data
        f.store(1, cuda::memory_order_relaxed);
    } else {
        while (f.load(cuda::memory_order_acquire) == 0) { }
        out[0] = data[0];  // expect: race data[0] with @data
    }
}
