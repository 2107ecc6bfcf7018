// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    unsigned int same = 0;
    if (x[threadIdx.x] >= 4) same = __match_any_sync(0xffffffffu, x[threadIdx.x] & 3);  // expect: invalid_mask
    out[threadIdx.x] = same;
}
