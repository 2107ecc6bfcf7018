// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    int sum = 0;
    if (threadIdx.x & 1) sum = __reduce_add_sync(0xffffffffu, x[threadIdx.x]);  // expect: invalid_mask
    out[threadIdx.x] = sum;
}
