// kernel: k grid=1 block=32
// arg: float* x 32 freed
// arg: float* out 32 out
extern "C" __global__ void k(const float* x, float* out) {
    out[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_read x[0]
}
