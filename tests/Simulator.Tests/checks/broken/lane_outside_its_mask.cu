// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    out[threadIdx.x] = __shfl_xor_sync(0x0000ffffu, x[threadIdx.x], 1);  // expect: invalid_mask
}
