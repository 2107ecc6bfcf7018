// kernel: k grid=2 block=32
// arg: float* x 64 in
// arg: float* out 63 out
// Each block writes 32 elements, the second one from 31 on.
extern "C" __global__ void k(const float* x, float* out) {
    int i = blockIdx.x * 31 + threadIdx.x;
    out[i] = x[i] + blockIdx.x;  // expect: race out[31] with @itself // @itself
}
