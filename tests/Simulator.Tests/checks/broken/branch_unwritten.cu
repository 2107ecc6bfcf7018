// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 64 out
// expect-unwritten: out[7]
extern "C" __global__ void k(const int* x, int* out) {
    if (x[threadIdx.x] % 8 != 7) out[threadIdx.x] = 1;
}
