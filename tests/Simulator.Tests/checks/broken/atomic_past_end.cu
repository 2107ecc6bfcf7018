// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* bins 60 inout zero
extern "C" __global__ void k(const int* x, int* bins) {
    atomicAdd(&bins[x[threadIdx.x]], 1);  // expect: out_of_bounds_write bins[60]
}
