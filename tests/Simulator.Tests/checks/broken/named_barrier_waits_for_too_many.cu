// kernel: k grid=1 block=64 completion=Deadlock
// arg: int* out 64 scratch
extern "C" __global__ void k(int* out) {
    out[threadIdx.x] = 1;
    asm volatile("bar.sync 2, 96;" ::: "memory");  // expect: deadlock // stands: waiting at barrier 2
    out[threadIdx.x] = 2;
}
