// kernel: k grid=8 block=32
// arg: float* x 256 in
// arg: float* part 8 scratch
// arg: float* out 1 out
__device__ unsigned int tickets;
extern "C" __global__ void k(const float* x, float* part, float* out) {
    __shared__ bool last;
    float sum = x[blockIdx.x * 32 + threadIdx.x];
    for (int d = 16; d > 0; d /= 2) sum += __shfl_down_sync(~0u, sum, d);
    if (threadIdx.x == 0) {
        part[blockIdx.x] = sum;  // @part
        __threadfence_block();
        last = atomicAdd(&tickets, 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        float total = 0.0f;
        for (int i = 0; i < gridDim.x; ++i) total += part[i];  // expect: race part[0] with @part
        out[0] = total;
    }
}
