// kernel: k grid=1 block=32
// arg: float* x 32 in
// arg: float* y 32 freed
extern "C" __global__ void k(const float* x, float* y) {
    y[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_write y[0]
}
