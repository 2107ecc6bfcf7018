// kernel: k grid=1 block=64 completion=Deadlock
// arg: int* out 64 scratch
// arg: int n = 20
extern "C" __global__ void k(int* out, int n) {
    if (threadIdx.x / 32 * 32 >= n) return;
    out[threadIdx.x] = 1;
    asm volatile("bar.sync 1, 64;" ::: "memory");  // expect: deadlock // stands: waiting at barrier 1
}
