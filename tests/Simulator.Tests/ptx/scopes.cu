#include <cuda/ptx>
#include <cuda/barrier>
#include <cuda/atomic>
#include <cuda/semaphore>
#include <cuda/latch>
#include <cuda/std/complex>
#include <cuda/std/tuple>
extern "C" __global__ void atomics(int* c, float* f, unsigned long long* o) {
    cuda::atomic_ref<int, cuda::thread_scope_device> a(*c);
    a.fetch_add(1, cuda::memory_order_relaxed);
    a.fetch_max(threadIdx.x, cuda::memory_order_acq_rel);
    cuda::atomic_ref<float, cuda::thread_scope_device> g(*f);
    g.fetch_add(1.0f, cuda::memory_order_seq_cst);
    int e = 5; a.compare_exchange_strong(e, 7);
    o[threadIdx.x] = a.load(cuda::memory_order_acquire) + (unsigned long long) g.load();
    atomicAdd((double*)o + 64, 1.0);
    cuda::atomic_thread_fence(cuda::memory_order_seq_cst, cuda::thread_scope_device);
}
extern "C" __global__ void latch(int* y) {
    __shared__ alignas(16) char raw[sizeof(cuda::latch<cuda::thread_scope_block>)];
    auto& l = *reinterpret_cast<cuda::latch<cuda::thread_scope_block>*>(raw);
    if (threadIdx.x == 0) new (&l) cuda::latch<cuda::thread_scope_block>(blockDim.x);
    __syncthreads();
    y[threadIdx.x] = threadIdx.x;
    l.arrive_and_wait();
    y[threadIdx.x + 64] = y[63 - threadIdx.x];
}
extern "C" __global__ void sem(int* y) {
    __shared__ cuda::binary_semaphore<cuda::thread_scope_block> s;
    if (threadIdx.x == 0) new (&s) cuda::binary_semaphore<cuda::thread_scope_block>(1);
    __syncthreads();
    s.acquire(); y[0] += 1; s.release();
}
