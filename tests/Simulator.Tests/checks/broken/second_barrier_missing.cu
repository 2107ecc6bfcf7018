// kernel: k grid=1 block=64
// arg: float* x 256 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[64];
    float sum = 0.0f;
    for (int step = 0; step < 4; ++step) {
        s[threadIdx.x] = x[step * 64 + threadIdx.x];  // @write
        __syncthreads();
        sum += s[63 - threadIdx.x];  // expect: race s[63] with @write
    }
    out[threadIdx.x] = sum;
}
