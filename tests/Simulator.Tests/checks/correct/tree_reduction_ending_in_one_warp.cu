// kernel: k grid=2 block=256
// arg: float* x 512 in
// arg: float* out 2 out
// result: out = sums(x, 256)
// The last steps are of one warp, ordered by __syncwarp between reading and writing too.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[256];
    unsigned int t = threadIdx.x;
    s[t] = x[blockIdx.x * 256 + t];
    __syncthreads();
    for (int d = 128; d >= 32; d /= 2) {
        if (t < d) s[t] += s[t + d];
        __syncthreads();
    }
    if (t < 32) {
        float v = s[t];
        for (int d = 16; d > 0; d /= 2) {
            v += s[t + d];
            __syncwarp();
            s[t] = v;
            __syncwarp();
        }
        if (t == 0) out[blockIdx.x] = v;
    }
}
