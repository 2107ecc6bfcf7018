// kernel: k grid=1 block=32
// arg: float* x 32 in
// arg: float* out 32 out
// Each half orders itself, and then reads the other one.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[32];
    unsigned int t = threadIdx.x;
    s[t] = x[t];  // @write
    if (t < 16) __syncwarp(0x0000ffff);
    else __syncwarp(0xffff0000);
    out[t] = s[t ^ 16];  // expect: race s[16] with @write
}
