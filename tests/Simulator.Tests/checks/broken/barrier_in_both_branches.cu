// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 64 out
extern "C" __global__ void k(const int* x, int* out) {
    if (x[threadIdx.x] % 2 == 0) {
        out[threadIdx.x] = 1;
        __syncthreads();  // expect: barrier_divergence
    } else {
        out[threadIdx.x] = 2;
        __syncthreads();
        out[threadIdx.x] = 3;
    }
}
