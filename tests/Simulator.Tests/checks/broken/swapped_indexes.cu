// kernel: k grid=1 block=8,16
// arg: float* x 128 in
// arg: float* out 128 out
// A 16 x 8 matrix read as if it were 8 x 16 without exchanging the stride.
extern "C" __global__ void k(const float* x, float* out) {
    int column = threadIdx.x, row = threadIdx.y;
    out[row * 8 + column] = x[row * 16 + column];  // expect: out_of_bounds_read x[128]
}
