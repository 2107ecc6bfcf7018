// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 64 out
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s;
    if (threadIdx.x < 32) s = 0;
    if (x[threadIdx.x] % 2 == 0) {
        __syncthreads();  // expect: barrier_divergence
        out[threadIdx.x] = 1;
    } else {
        out[threadIdx.x] = 2;
    }
}
