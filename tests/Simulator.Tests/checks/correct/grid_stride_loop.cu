// kernel: k grid=3 block=32
// arg: int* x 1000 in
// arg: int* out 1000 out
// arg: int n = 1000
// result: out = plus(x, 7)
extern "C" __global__ void k(const int* x, int* out, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) out[i] = x[i] + 7;
}
