// kernel: k grid=1 block=64
// arg: short* out 63 scratch
extern "C" __global__ void k(short* out) {
    out[threadIdx.x] = (short)threadIdx.x;  // expect: out_of_bounds_write out[63]
}
