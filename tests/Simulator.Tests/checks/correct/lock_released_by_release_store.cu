// kernel: k grid=5 block=1
// arg: int* x 5 in
// arg: int* sum 1 inout zero
// arg: int* lock 1 inout zero
// result: sum = sum(x)
#include <cuda/atomic>
extern "C" __global__ void k(const int* x, int* sum, int* lock) {
    cuda::atomic_ref<int, cuda::thread_scope_device> l(*lock);
    int expected = 0;
    while (!l.compare_exchange_weak(expected, 1, cuda::memory_order_acquire, cuda::memory_order_relaxed)) expected = 0;
    sum[0] += x[blockIdx.x];
    l.store(0, cuda::memory_order_release);
}
