// kernel: k grid=1 block=64
// arg: float* scratch 64 scratch
// arg: float* out 64 out
extern "C" __global__ void k(const float* scratch, float* out) {
    out[threadIdx.x] = scratch[threadIdx.x];  // expect: uninitialised_read scratch[0]
}
