// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
// result: out = plus(x, 3)
__constant__ int table[5] = {3, 3, 3, 3, 3};
extern "C" __global__ void k(const int* x, int* out) { out[threadIdx.x] = x[threadIdx.x] + table[x[threadIdx.x] % 5]; }
