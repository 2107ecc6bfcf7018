// kernel: k grid=1 block=32 shared=256
// arg: float* x 32 in
// arg: float* out 32 out
extern "C" __global__ void k(const float* x, float* out) {
    extern __shared__ float dynamic[];
    dynamic[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = dynamic[threadIdx.x + 1];  // expect: uninitialised_read dynamic[32]
}
