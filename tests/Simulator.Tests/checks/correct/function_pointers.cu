// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
// result: out = iota(32)
__device__ __noinline__ int identity(int v) { return v; }
__device__ __noinline__ int halfOfDouble(int v) { return 2 * v / 2; }
__device__ __noinline__ int throughNegation(int v) { return -(-v); }
__device__ int (*const table[3])(int) = {identity, halfOfDouble, throughNegation};
extern "C" __global__ void k(const int* x, int* out) { out[threadIdx.x] = table[x[threadIdx.x] % 3](x[threadIdx.x]); }
