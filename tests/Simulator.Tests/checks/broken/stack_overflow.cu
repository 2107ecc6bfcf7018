// kernel: k grid=1 block=32 completion=Stopped
// arg: int* out 32 scratch
// arg: int n = 100000
__device__ __noinline__ int depth(int n, volatile int* sink) {
    int here[4];
    here[n & 3] = n;
    *sink = here[n & 3];
    return n == 0 ? 0 : 1 + depth(n - 1, sink) + *sink;  // expect: stack_overflow // stands: running
}
extern "C" __global__ void k(int* out, int n) {
    out[threadIdx.x] = depth(n, out + threadIdx.x);
}
