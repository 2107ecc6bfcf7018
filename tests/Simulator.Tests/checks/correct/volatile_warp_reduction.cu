// kernel: k grid=1 block=32
// arg: int* x 64 in
// arg: int* out 1 out
// result: out = sum(x)
// The old style: volatile words and a warp in step, with the barriers that independent thread scheduling needs.
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ volatile int s[64];
    unsigned int t = threadIdx.x;
    s[t] = x[t];
    s[t + 32] = x[t + 32];
    __syncwarp();
    for (int d = 32; d > 0; d /= 2) {
        int v = t < d ? s[t] + s[t + d] : 0;
        __syncwarp();
        if (t < d) s[t] = v;
        __syncwarp();
    }
    if (t == 0) out[0] = s[0];
}
