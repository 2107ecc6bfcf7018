// kernel: k grid=7 block=32
// arg: float* x 224 in
// arg: float* result 7 scratch
// arg: float* out 1 out
// result: out = sum(x)
// Volatile partial sums, a fence, a counter that wraps round; no fence behind the counter.
__device__ unsigned int count = 0;
extern "C" __global__ void k(const float* x, volatile float* result, float* out) {
    __shared__ bool isLastBlockDone;
    float v = x[blockIdx.x * 32 + threadIdx.x];
    for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(~0u, v, d);
    if (threadIdx.x == 0) {
        result[blockIdx.x] = v;
        __threadfence();
        unsigned int value = atomicInc(&count, gridDim.x);
        isLastBlockDone = value == gridDim.x - 1;
    }
    __syncthreads();
    if (isLastBlockDone && threadIdx.x == 0) {
        float total = 0.0f;
        for (int i = 0; i < gridDim.x; ++i) total += result[i];
        out[0] = total;
        count = 0;
    }
}
