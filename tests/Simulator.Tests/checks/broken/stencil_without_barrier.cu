// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[66];
    int i = threadIdx.x;
    s[i + 1] = x[i];  // @write
    if (i == 0) s[0] = 0.0f;
    if (i == 63) s[65] = 0.0f;
    out[i] = s[i] + s[i + 1] + s[i + 2];  // expect: race s[1] with @write // expect: uninitialised_read s[33]
}
