// kernel: k grid=4 block=32
// arg: int* x 128 in
// arg: int* middle 128 scratch
// arg: int* out 128 out
// result: out = rotated(x, 32)
// A sense-free barrier of one use: everyone adds one and waits for all.
__device__ unsigned int arrived;
extern "C" __global__ void k(const int* x, int* middle, int* out) {
    int i = blockIdx.x * 32 + threadIdx.x;
    middle[i] = x[i];
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(&arrived, 1);
        while (*(volatile unsigned int*)&arrived < gridDim.x) { }
        __threadfence();
    }
    __syncthreads();
    out[i] = middle[(i + 32) % 128];
}
