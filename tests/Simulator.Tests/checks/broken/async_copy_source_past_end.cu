// kernel: k grid=1 block=32
// arg: float* x 120 in
// arg: float* out 128 out
#include <cuda_pipeline.h>
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float4 s[32];
    unsigned int to = (unsigned int)__cvta_generic_to_shared(s + threadIdx.x);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(x + 4 * threadIdx.x));  // expect: out_of_bounds_read x[120]
    asm volatile("cp.async.wait_all;");
    __syncthreads();
    ((float4*)out)[threadIdx.x] = s[31 - threadIdx.x];
}
