// kernel: k grid=1 block=33
// arg: double* x 32 in
// arg: double* out 33 out
extern "C" __global__ void k(const double* x, double* out) {
    out[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_read x[32]
}
