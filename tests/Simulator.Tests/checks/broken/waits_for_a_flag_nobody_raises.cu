// kernel: k grid=1 block=64 completion=BudgetExhausted budget=3000000
// arg: int* out 64 scratch
__device__ volatile int flag;
extern "C" __global__ void k(int* out) {
    if (threadIdx.x >= 32) {
        while (flag == 0) { }  // stands: running
    }
    __syncthreads();  // stands: waiting at barrier 0
    out[threadIdx.x] = 1;
}
