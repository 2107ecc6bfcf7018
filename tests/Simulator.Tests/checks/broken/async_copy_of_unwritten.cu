// kernel: k grid=1 block=32
// arg: float* scratch 32 scratch
// arg: float* out 32 out
extern "C" __global__ void k(const float* scratch, float* out) {
    __shared__ float s[32];
    unsigned int to = (unsigned int)__cvta_generic_to_shared(s + threadIdx.x);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(scratch + threadIdx.x));  // expect: uninitialised_read scratch[0]
    asm volatile("cp.async.wait_all;");
    out[threadIdx.x] = s[threadIdx.x];
}
