// kernel: k grid=2 block=32
// arg: float* x 64 inout
// arg: float* out 64 out
extern "C" __global__ void k(float* x, float* out) {
    int i = blockIdx.x * 32 + threadIdx.x;
    x[i] = i;  // expect: race x[32] with @read
    out[i] = __ldg(x + (i + 32) % 64);  // @read
}
