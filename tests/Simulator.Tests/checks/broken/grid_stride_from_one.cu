// kernel: k grid=2 block=32
// arg: float* x 100 in
// arg: float* out 101 scratch
// arg: int n = 100
extern "C" __global__ void k(const float* x, float* out, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x + 1; i <= n; i += gridDim.x * blockDim.x)
        out[i] = x[i];  // expect: out_of_bounds_read x[100]
}
