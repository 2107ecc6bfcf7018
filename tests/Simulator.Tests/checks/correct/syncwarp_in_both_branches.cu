// kernel: k grid=1 block=32
// arg: int* x 32 in
// arg: int* out 32 out
// result: out = rotated(x, 16)
// Two __syncwarp at different places are one barrier of the warp.
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[32];
    unsigned int t = threadIdx.x;
    s[t] = x[t];
    if (t < 16) {
        __syncwarp();
        out[t] = s[t + 16];
    } else {
        __syncwarp();
        out[t] = s[t - 16];
    }
}
