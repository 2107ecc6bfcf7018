// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
// result: out = copy(x)
extern "C" __device__ void __assertfail(const char* message, const char* file, unsigned int line, const char* function, size_t size);
extern "C" __global__ void k(const int* x, int* out) {
    int v = x[threadIdx.x];
    if (v < 0) __assertfail("v >= 0", __FILE__, __LINE__, "k", 1);
    if (v == 31) printf("last %d\n", v);
    out[threadIdx.x] = v;
}
