// kernel: k grid=4 block=64
// arg: float* x 256 in
// arg: float* part 256 scratch
// arg: float* out 1 out
// Every thread writes, but the ticket is taken before the others have come.
__device__ unsigned int tickets;
extern "C" __global__ void k(const float* x, float* part, float* out) {
    __shared__ bool last;
    int i = blockIdx.x * 64 + threadIdx.x;
    if (threadIdx.x == 0) {
        __threadfence();
        last = atomicAdd(&tickets, 1) == gridDim.x - 1;
    }
    part[i] = x[i];  // @part
    __syncthreads();
    if (last && threadIdx.x == 0) {
        float total = 0.0f;
        for (int j = 0; j < 256; ++j) total += part[j];  // expect: race part[0] with @part
        out[0] = total;
    }
}
