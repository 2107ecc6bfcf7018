// kernel: k grid=1 block=16
// arg: float* out 40 scratch
extern "C" __global__ void k(float* out) {
    *(float2*)(out + 2 * threadIdx.x + 1) = make_float2(1.0f, 2.0f);  // expect: misaligned out
}
