// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* bins 8 out
extern "C" __global__ void k(const int* x, int* bins) {
    atomicAdd(&bins[x[threadIdx.x] & 7], 1);  // expect: uninitialised_read bins[0]
}
