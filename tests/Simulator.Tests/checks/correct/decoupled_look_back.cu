// kernel: k grid=9 block=32
// arg: int* x 288 in
// arg: int* flags 9 inout zero
// arg: int* aggregates 9 scratch
// arg: int* prefixes 9 scratch
// arg: int* out 288 out
// result: out = scan(x)
// Each block publishes its sum, adds those of the blocks before it one after another until one knows its whole prefix, and publishes its own.
__device__ unsigned int order;
extern "C" __global__ void k(const int* x, volatile int* flags, volatile int* aggregates, volatile int* prefixes, int* out) {
    __shared__ unsigned int number;
    __shared__ int before;
    if (threadIdx.x == 0) number = atomicAdd(&order, 1);
    __syncthreads();
    unsigned int b = number;
    int v = x[b * 32 + threadIdx.x];
    for (int d = 1; d < 32; d *= 2) {
        int o = __shfl_up_sync(~0u, v, d);
        if (threadIdx.x >= d) v += o;
    }
    int total = __shfl_sync(~0u, v, 31);
    if (threadIdx.x == 0) {
        aggregates[b] = total;
        __threadfence();
        flags[b] = 1;
        int sum = 0;
        for (int i = (int)b - 1; i >= 0; --i) {
            int f;
            do f = flags[i]; while (f == 0);
            __threadfence();
            if (f == 2) {
                sum += prefixes[i];
                break;
            }
            sum += aggregates[i];
        }
        prefixes[b] = sum + total;
        __threadfence();
        flags[b] = 2;
        before = sum;
    }
    __syncthreads();
    out[b * 32 + threadIdx.x] = before + v;
}
