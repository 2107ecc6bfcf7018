// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    int v = x[threadIdx.x];
    if (v < 16) {
        v = __shfl_sync(0xffffffffu, v, 0);  // expect: invalid_mask
        out[threadIdx.x] = v;
    } else {
        out[threadIdx.x] = -1;
    }
}
