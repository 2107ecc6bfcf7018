// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    out[threadIdx.x] += x[threadIdx.x];  // expect: uninitialised_read out[0]
}
