// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
// result: out = reversed(x)
extern "C" __global__ void k(const float* x, float* out) { out[threadIdx.x] = __ldg(x + 63 - threadIdx.x); }
