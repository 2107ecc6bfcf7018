// kernel: k grid=1 block=64 completion=BudgetExhausted budget=3000000
// arg: int* locks 2 inout zero
// arg: int* out 2 scratch
extern "C" __global__ void k(int* locks, int* out) {
    unsigned int warp = threadIdx.x / 32;
    if (threadIdx.x % 32 != 0) return;
    while (atomicCAS(&locks[warp], 0, 1) != 0) { }
    asm volatile("bar.sync 1, 64;" ::: "memory");
    while (atomicCAS(&locks[1 - warp], 0, 1) != 0) { }  // stands: running
    out[warp] = 1;
}
