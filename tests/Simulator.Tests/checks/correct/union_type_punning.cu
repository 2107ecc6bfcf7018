// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
// result: out = scaled(x, 1)
extern "C" __global__ void k(const float* x, float* out) {
    union { float f; unsigned char b[4]; } u, v;
    u.f = x[threadIdx.x];
    for (int i = 0; i < 4; ++i) v.b[3 - i] = u.b[i];
    for (int i = 0; i < 4; ++i) u.b[i] = v.b[3 - i];
    out[threadIdx.x] = u.f;
}
