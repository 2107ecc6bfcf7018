// kernel: k grid=1 block=32
// arg: int* out 32 scratch
extern "C" __global__ void k(int* out) {
    out[(int)threadIdx.x - 4] = threadIdx.x;  // expect: out_of_bounds_write out[-4]
}
