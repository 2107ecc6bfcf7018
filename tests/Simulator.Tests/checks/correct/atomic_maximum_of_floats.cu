// kernel: k grid=2 block=64
// arg: float* x 128 in
// arg: float* best 1 inout zero
// result: best = maximum(x)
// By compare-and-swap of the bits.
extern "C" __global__ void k(const float* x, float* best) {
    float v = x[blockIdx.x * 64 + threadIdx.x];
    int* at = (int*)best;
    int old = *(volatile int*)at;
    while (__int_as_float(old) < v) {
        int seen = atomicCAS(at, old, __float_as_int(v));
        if (seen == old) break;
        old = seen;
    }
}
