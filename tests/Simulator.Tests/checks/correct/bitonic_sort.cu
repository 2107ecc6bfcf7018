// kernel: k grid=1 block=64
// arg: int* x 128 in
// arg: int* out 128 out
// result: out = sorted(x)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[128];
    unsigned int t = threadIdx.x;
    s[t] = x[t];
    s[t + 64] = x[t + 64];
    for (int size = 2; size <= 128; size *= 2) {
        for (int stride = size / 2; stride > 0; stride /= 2) {
            __syncthreads();
            int at = 2 * t - (t & (stride - 1));
            bool up = (at & size) == 0;
            int a = s[at], b = s[at + stride];
            if ((a > b) == up) {
                s[at] = b;
                s[at + stride] = a;
            }
        }
    }
    __syncthreads();
    out[t] = s[t];
    out[t + 64] = s[t + 64];
}
