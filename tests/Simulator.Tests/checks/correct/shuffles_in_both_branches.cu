// kernel: k grid=1 block=32
// arg: int* x 32 in
// arg: int* out 32 out
// result: out = repeated_sums(x, 16)
extern "C" __global__ void k(const int* x, int* out) {
    int v = x[threadIdx.x];
    if (threadIdx.x < 16) {
        for (int d = 8; d > 0; d /= 2) v += __shfl_xor_sync(0x0000ffffu, v, d);
    } else {
        for (int d = 8; d > 0; d /= 2) v += __shfl_xor_sync(0xffff0000u, v, d);
    }
    out[threadIdx.x] = v;
}
