// kernel: k grid=1 block=64
// arg: int* x 1 in
// arg: int* out 1 out
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int data;
    __shared__ volatile int flag;
    if (threadIdx.x == 0) flag = 0;
    __syncthreads();
    if (threadIdx.x == 0) {
        data = x[0];  // @data
        flag = 1;
    }
    if (threadIdx.x == 32) {
        while (flag == 0) { }
        __threadfence_block();
        out[0] = data;  // expect: race data[0] with @data
    }
}
