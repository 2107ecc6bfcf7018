// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: int* out 64 out
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[64];
    unsigned int t = threadIdx.x;
    s[t] = x[t];
    for (int d = 1; d < 64; d *= 2) {
        __syncthreads();
        if (t >= d) s[t] += s[t - d];  // expect: race s[32] with @itself // @itself
    }
    out[t] = s[t];
}
