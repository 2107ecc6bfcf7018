// kernel: k grid=2 block=64
// arg: int* x 128 in
// arg: int* out 128 out
// result: out = scans(x, 64)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[64];
    unsigned int t = threadIdx.x;
    s[t] = x[blockIdx.x * 64 + t];
    __syncthreads();
    for (int d = 1; d < 64; d *= 2) {
        int v = t >= d ? s[t - d] : 0;
        __syncthreads();
        s[t] += v;
        __syncthreads();
    }
    out[blockIdx.x * 64 + t] = s[t];
}
