// kernel: k grid=1 block=32
// arg: float* x 65 in
// arg: double* out 32 out
extern "C" __global__ void k(const float* x, double* out) {
    out[threadIdx.x] = *(const double*)(x + 2 * threadIdx.x + 1);  // expect: misaligned x
}
