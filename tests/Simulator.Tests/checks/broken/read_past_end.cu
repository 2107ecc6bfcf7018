// kernel: k grid=1 block=96
// arg: float* x 64 in
// arg: float* out 96 out
extern "C" __global__ void k(const float* x, float* out) {
    int i = threadIdx.x;
    out[i] = x[i];  // expect: out_of_bounds_read x[64]
}
