// kernel: k grid=1 block=16
// arg: int* x 16 in iota
// arg: int* out 16 out
// result: out = fibonacci(x)
__device__ __noinline__ int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
extern "C" __global__ void k(const int* x, int* out) { out[threadIdx.x] = fibonacci(x[threadIdx.x]); }
