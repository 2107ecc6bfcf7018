// kernel: k grid=1 block=96
// arg: int* x 96 in iota
// arg: int* out 96 out
// result: out = constant(96, 32)
extern "C" __global__ void k(const int* x, int* out) {
    int third = __syncthreads_count(x[threadIdx.x] % 3 == 0);
    int any = __syncthreads_or(x[threadIdx.x] == 95);
    int all = __syncthreads_and(x[threadIdx.x] >= 0);
    out[threadIdx.x] = any && all ? third : -1;
}
