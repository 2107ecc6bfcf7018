// kernel: k grid=8 block=1
// arg: int* x 8 in
// arg: int* sum 1 inout zero
// arg: int* lock 1 inout zero
// result: sum = sum(x)
extern "C" __global__ void k(const int* x, int* sum, int* lock) {
    while (atomicCAS(lock, 0, 1) != 0) { }
    __threadfence();
    sum[0] += x[blockIdx.x];
    __threadfence();
    atomicExch(lock, 0);
}
