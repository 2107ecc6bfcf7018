// kernel: k grid=1 block=32
// arg: float* x 64 in
// arg: float* out 32 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float s[2][32];
    for (int b = 0; b < 2; ++b) {
        unsigned int to = (unsigned int)__cvta_generic_to_shared(s[b] + threadIdx.x);
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(x + b * 32 + threadIdx.x));  // @copy
        asm volatile("cp.async.commit_group;");
    }
    asm volatile("cp.async.wait_group 1;");
    __syncthreads();
    out[threadIdx.x] = s[0][31 - threadIdx.x] + s[1][31 - threadIdx.x];  // expect: race s[63] with @copy
}
