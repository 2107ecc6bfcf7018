// kernel: k grid=1 block=32
// arg: int* x 32 in iota
__device__ int table[16];
extern "C" __global__ void k(const int* x) {
    table[x[threadIdx.x]] = 1;  // expect: out_of_bounds_write table[16]
}
