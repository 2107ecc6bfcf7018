// kernel: k grid=1 block=64
// arg: int* x 40 in
// arg: int* out 40 out
// arg: int n = 40
// result: out = reversed(x)
extern "C" __global__ void k(const int* x, int* out, int n) {
    __shared__ int s[40];
    if (threadIdx.x >= n) return;
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = s[n - 1 - threadIdx.x];
}
