// kernel: k grid=1 block=32
// arg: float* x 32 in
// arg: float* out 32 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[32];
    unsigned int to = (unsigned int)__cvta_generic_to_shared(s + threadIdx.x);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(x + threadIdx.x));  // @copy
    asm volatile("cp.async.commit_group;");
    __syncthreads();
    out[threadIdx.x] = s[31 - threadIdx.x];  // expect: race s[31] with @copy
}
