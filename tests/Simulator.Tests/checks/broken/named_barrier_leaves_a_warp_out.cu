// kernel: k grid=1 block=96
// arg: float* x 96 in
// arg: float* out 96 out
// Warps 0 and 1 meet at barrier 1; warp 2 reads as if it had been there.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[96];
    unsigned int t = threadIdx.x;
    s[t] = x[t];  // expect: race s[64] with @read
    if (t < 64) asm volatile("bar.sync 1, 64;" ::: "memory");
    out[t] = s[(t + 32) % 96];  // expect: uninitialised_read s[64] // @read
}
