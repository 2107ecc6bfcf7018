// kernel: k grid=1 block=32
// arg: float* x 64 in
// arg: float* out 63 scratch
extern "C" __global__ void k(const float2* x, float2* out) {
    out[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_write out[62]
}
