// kernel: k grid=8 block=32
// arg: int* x 256 in
// arg: ulonglong* state 8 inout zero
// arg: int* out 256 out
// result: out = scan(x)
// Flag and value in one 64-bit word: nothing else needs an order.
extern "C" __global__ void k(const int* x, unsigned long long* state, int* out) {
    int b = blockIdx.x;
    int v = x[b * 32 + threadIdx.x];
    for (int d = 1; d < 32; d *= 2) {
        int o = __shfl_up_sync(~0u, v, d);
        if (threadIdx.x >= d) v += o;
    }
    int total = __shfl_sync(~0u, v, 31), before = 0;
    if (threadIdx.x == 0) {
        if (b > 0) {
            unsigned long long w;
            do w = *(volatile unsigned long long*)&state[b - 1]; while ((w >> 32) == 0);
            before = (int)(unsigned int)w;
        }
        *(volatile unsigned long long*)&state[b] = (1ull << 32) | (unsigned int)(before + total);
    }
    before = __shfl_sync(~0u, before, 0);
    out[b * 32 + threadIdx.x] = before + v;
}
