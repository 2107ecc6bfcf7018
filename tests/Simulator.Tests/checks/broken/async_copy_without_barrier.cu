// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
// Each thread waits for its own copies; the others' may not be there.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[64];
    unsigned int to = (unsigned int)__cvta_generic_to_shared(s + threadIdx.x);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(x + threadIdx.x));  // expect: race s[32] with @read
    asm volatile("cp.async.wait_all;");
    out[threadIdx.x] = s[63 - threadIdx.x];  // expect: uninitialised_read s[63] // @read
}
