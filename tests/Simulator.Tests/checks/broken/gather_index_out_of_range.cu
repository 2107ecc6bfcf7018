// kernel: k grid=1 block=64
// arg: float* x 40 in
// arg: int* index 64 in iota
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, const int* index, float* out) {
    out[threadIdx.x] = x[index[threadIdx.x]];  // expect: out_of_bounds_read x[40]
}
