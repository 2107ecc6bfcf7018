// kernel: k grid=2 block=64
// arg: int* x 64 in
// arg: int* data 64 scratch
// arg: int* flag 1 inout zero
// arg: int* out 64 out
// result: out = copy(x)
#include <cuda/atomic>
extern "C" __global__ void k(const int* x, int* data, int* flag, int* out) {
    cuda::atomic_ref<int, cuda::thread_scope_device> f(*flag);
    if (blockIdx.x == 0) {
        data[threadIdx.x] = x[threadIdx.x];
        __syncthreads();
        if (threadIdx.x == 0) f.store(1);
    } else {
        if (threadIdx.x == 0) while (f.load() == 0) { }
        __syncthreads();
        out[threadIdx.x] = data[threadIdx.x];
    }
}
