// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
// result: out = constant(32, 16)
extern "C" __global__ void k(const int* x, int* out) {
    int r;
    if (x[threadIdx.x] % 2) r = __popc(__match_any_sync(0xaaaaaaaau, 1));
    else r = __reduce_add_sync(0x55555555u, 1);
    out[threadIdx.x] = r;
}
