// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    int i = threadIdx.x;
    out[i] = x[i - 1];  // expect: out_of_bounds_read x[-1]
}
