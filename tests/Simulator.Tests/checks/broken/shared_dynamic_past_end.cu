// kernel: k grid=1 block=64 shared=128
// arg: float* x 64 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    extern __shared__ float dynamic[];
    dynamic[threadIdx.x] = x[threadIdx.x];  // expect: out_of_bounds_write dynamic[32]
    __syncthreads();
    out[threadIdx.x] = dynamic[threadIdx.x & 31];
}
