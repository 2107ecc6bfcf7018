// kernel: k grid=1 block=64
// arg: uchar* x 61 in
// arg: int* out 64 out
extern "C" __global__ void k(const unsigned char* x, int* out) {
    out[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_read x[61]
}
