// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
// result: out = reversed(x)
extern "C" __global__ void k(const int* x, int* out) {
    int a[32];
    for (int i = 0; i < 32; ++i) a[31 - i] = x[i];
    out[threadIdx.x] = a[x[threadIdx.x]];
}
