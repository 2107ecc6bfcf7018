// kernel: k grid=1 block=64
// arg: float* x 1024 in
// arg: float* out 256 out
// result: out = sums(x, 4)
#include <cuda_pipeline.h>
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float4 s[4][64];
    unsigned int t = threadIdx.x;
    for (int i = 0; i < 3; ++i) {
        __pipeline_memcpy_async(&s[i][t], x + (i * 64 + t) * 4, 16);
        __pipeline_commit();
    }
    for (int i = 0; i < 4; ++i) {
        if (i + 3 < 4) __pipeline_memcpy_async(&s[(i + 3) % 4][t], x + ((i + 3) * 64 + t) * 4, 16);
        __pipeline_commit();
        __pipeline_wait_prior(3);
        __syncthreads();
        float4 v = s[i % 4][t ^ 1];
        out[i * 64 + (t ^ 1)] = v.x + v.y + v.z + v.w;
        __syncthreads();
    }
}
