// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    int a[8];
    for (int i = 0; i < 8; ++i) a[(i * 3) & 7] = i;
    out[threadIdx.x] = a[x[threadIdx.x]];  // expect: out_of_bounds_read local memory
}
