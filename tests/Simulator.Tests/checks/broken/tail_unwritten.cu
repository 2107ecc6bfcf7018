// kernel: k grid=3 block=32
// arg: float* x 100 in
// arg: float* out 100 out
// expect-unwritten: out[96]
extern "C" __global__ void k(const float* x, float* out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = x[i];
}
