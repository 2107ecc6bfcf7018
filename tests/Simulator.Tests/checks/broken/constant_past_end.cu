// kernel: k grid=1 block=8
// arg: int* x 8 in iota
// arg: int* out 8 out
__constant__ int table[6] = {1, 2, 3, 4, 5, 6};
extern "C" __global__ void k(const int* x, int* out) {
    out[threadIdx.x] = table[x[threadIdx.x]];  // expect: out_of_bounds_read table[6]
}
