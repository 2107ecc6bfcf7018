// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    int sum = 0;
    for (int i = 0; i < x[threadIdx.x] % 4; ++i) {
        sum += i;
        __syncthreads();  // expect: barrier_divergence
    }
    out[threadIdx.x] = sum;
}
