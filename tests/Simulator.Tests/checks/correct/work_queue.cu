// kernel: k grid=3 block=32
// arg: int* x 200 in
// arg: int* next 1 inout zero
// arg: int* out 200 out
// result: out = scaled(x, 2)
extern "C" __global__ void k(const int* x, int* next, int* out) {
    while (true) {
        int i = 0;
        if (threadIdx.x == 0) i = atomicAdd(next, 32);
        i = __shfl_sync(~0u, i, 0) + threadIdx.x;
        if (__all_sync(~0u, i >= 200)) break;
        if (i < 200) out[i] = 2 * x[i];
    }
}
