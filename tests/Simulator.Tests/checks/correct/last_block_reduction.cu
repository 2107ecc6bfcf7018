// kernel: k grid=12 block=64
// arg: float* x 768 in
// arg: float* part 12 scratch
// arg: float* out 1 out
// result: out = sum(x)
__device__ unsigned int tickets;
extern "C" __global__ void k(const float* x, float* part, float* out) {
    __shared__ float s[2];
    __shared__ bool last;
    float v = x[blockIdx.x * 64 + threadIdx.x];
    for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(~0u, v, d);
    if (threadIdx.x % 32 == 0) s[threadIdx.x / 32] = v;
    __syncthreads();
    if (threadIdx.x == 0) {
        part[blockIdx.x] = s[0] + s[1];
        __threadfence();
        last = atomicAdd(&tickets, 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last) {
        __threadfence();
        if (threadIdx.x == 0) {
            float total = 0.0f;
            for (int i = 0; i < gridDim.x; ++i) total += part[i];
            out[0] = total;
            tickets = 0;
        }
    }
}
