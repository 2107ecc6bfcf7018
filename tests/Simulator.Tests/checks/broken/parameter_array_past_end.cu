// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
struct Sizes { int of[4]; };
extern "C" __global__ void k(const int* x, int* out, const __grid_constant__ Sizes sizes) {
    out[threadIdx.x] = sizes.of[x[threadIdx.x]];  // expect: out_of_bounds_read parameters
}
