// kernel: k grid=1 block=64
// arg: int* out 32 out
// The producer arrives first and writes then.
extern "C" __global__ void k(int* out) {
    __shared__ int s[32];
    unsigned int lane = threadIdx.x & 31;
    if (threadIdx.x < 32) {
        asm volatile("bar.arrive 1, 64;" ::: "memory");
        s[lane] = lane;  // @write
    } else {
        asm volatile("bar.sync 1, 64;" ::: "memory");
        out[lane] = s[lane];  // expect: race s[0] with @write
    }
}
