// kernel: k grid=1 block=32
// arg: float* x 32 in
// arg: float* out 32 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[32];
    s[threadIdx.x] = x[threadIdx.x];  // @write
    out[threadIdx.x] = s[threadIdx.x ^ 1];  // expect: race s[1] with @write
}
