// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[60];
    s[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_write s[60]
    __syncthreads();
    out[threadIdx.x] = s[0];
}
