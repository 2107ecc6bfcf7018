// kernel: k grid=1 block=64
// arg: int* x 128 in
// arg: int* out 128 out
// result: out = plus(x, 5)
// Warp 0 fills, warp 1 empties; barrier 1 says full, barrier 2 says empty.
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[32];
    unsigned int lane = threadIdx.x % 32;
    if (threadIdx.x < 32) {
        for (int i = 0; i < 4; ++i) {
            asm volatile("bar.sync 2, 64;" ::: "memory");
            s[lane] = x[i * 32 + lane];
            asm volatile("bar.arrive 1, 64;" ::: "memory");
        }
    } else {
        asm volatile("bar.arrive 2, 64;" ::: "memory");
        for (int i = 0; i < 4; ++i) {
            asm volatile("bar.sync 1, 64;" ::: "memory");
            out[i * 32 + lane] = s[31 - (31 - lane)] + 5;
            if (i < 3) asm volatile("bar.arrive 2, 64;" ::: "memory");
        }
    }
}
