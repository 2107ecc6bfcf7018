// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
// result: out = square(x)
struct Pair { int a; double b; short c[3]; };
__device__ __noinline__ Pair make(int v) { return Pair{v, v * 0.5, {(short)v, (short)(v + 1), (short)(v + 2)}}; }
__device__ __noinline__ int total(Pair p) { return (int)(p.a * (2.0 * p.b)) + p.c[2] - p.c[0] - 2; }
extern "C" __global__ void k(const int* x, int* out) { out[threadIdx.x] = total(make(x[threadIdx.x])); }
