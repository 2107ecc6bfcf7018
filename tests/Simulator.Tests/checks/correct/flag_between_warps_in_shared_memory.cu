// kernel: k grid=1 block=64
// arg: int* x 32 in
// arg: int* out 32 out
// result: out = copy(x)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int data[32];
    __shared__ volatile int flag;
    unsigned int lane = threadIdx.x % 32;
    if (threadIdx.x == 0) flag = 0;
    __syncthreads();
    if (threadIdx.x < 32) {
        data[lane] = x[lane];
        __threadfence_block();
        __syncwarp();
        if (lane == 0) flag = 1;
    } else {
        while (flag == 0) { }
        __threadfence_block();
        out[lane] = data[lane];
    }
}
