// kernel: k grid=1 block=16
// arg: float* x 62 in
// arg: float* out 64 out
extern "C" __global__ void k(const float4* x, float4* out) {
    out[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_read x[60]
}
