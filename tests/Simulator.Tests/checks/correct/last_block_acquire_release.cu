// kernel: k grid=6 block=32
// arg: int* x 192 in
// arg: int* part 6 scratch
// arg: int* ticket 1 inout zero
// arg: int* out 1 out
// result: out = sum(x)
#include <cuda/atomic>
extern "C" __global__ void k(const int* x, int* part, int* ticket, int* out) {
    int sum = __reduce_add_sync(~0u, x[blockIdx.x * 32 + threadIdx.x]);
    if (threadIdx.x != 0) return;
    part[blockIdx.x] = sum;
    cuda::atomic_ref<int, cuda::thread_scope_device> t(*ticket);
    if (t.fetch_add(1, cuda::memory_order_acq_rel) == 5) {
        int total = 0;
        for (int i = 0; i < 6; ++i) total += part[i];
        out[0] = total;
    }
}
