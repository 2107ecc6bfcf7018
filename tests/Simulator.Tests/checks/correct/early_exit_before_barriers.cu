// kernel: k grid=1 block=128
// arg: int* x 128 in
// arg: int* out 64 out
// arg: int n = 64
// result: out = reversed_chunks(x64, 64)
// arg: int* x64 64 in
// Whole warps end; barriers are for those that are left.
extern "C" __global__ void k(const int* x, int* out, int n, const int* x64) {
    __shared__ int s[64];
    if (threadIdx.x >= n) return;
    s[threadIdx.x] = x64[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = s[63 - threadIdx.x];
}
