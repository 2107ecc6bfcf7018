// kernel: k grid=1 block=32
// arg: int* x 32 in
// arg: int* out 32 out
// result: out = reversed_chunks(x, 16)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[32];
    unsigned int t = threadIdx.x;
    s[t] = x[t];
    if (t < 16) __syncwarp(0x0000ffffu);
    else __syncwarp(0xffff0000u);
    out[t] = s[t / 16 * 16 + 15 - t % 16];
}
