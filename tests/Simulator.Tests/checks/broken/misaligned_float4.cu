// kernel: k grid=1 block=8
// arg: float* x 64 in
// arg: float* out 32 out
extern "C" __global__ void k(const float* x, float4* out) {
    out[threadIdx.x] = *(const float4*)(x + 4 * threadIdx.x + 2);  // expect: misaligned x
}
