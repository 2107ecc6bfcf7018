// kernel: k grid=3 block=32
// arg: float* x 83 in
// arg: float* out 83 out
// arg: int n = 83
// result: out = copy(x)
extern "C" __global__ void k(const float* x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = x[i];
}
