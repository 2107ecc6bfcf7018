// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 64 out
extern "C" __global__ void k(const int* x, int* out) {
    int count = 0;
    if (x[threadIdx.x] % 3 == 0) count = __syncthreads_count(x[threadIdx.x] > 5);  // expect: barrier_divergence
    out[threadIdx.x] = count;
}
