// kernel: k grid=1 block=64 completion=Deadlock
// arg: int* out 64 scratch
extern "C" __global__ void k(int* out) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 64;" ::: "memory");  // expect: deadlock // stands: waiting at barrier 1
        asm volatile("bar.sync 2, 64;" ::: "memory");
    } else {
        asm volatile("bar.sync 2, 64;" ::: "memory");  // expect: deadlock // stands: waiting at barrier 2
        asm volatile("bar.sync 1, 64;" ::: "memory");
    }
    out[threadIdx.x] = 1;
}
