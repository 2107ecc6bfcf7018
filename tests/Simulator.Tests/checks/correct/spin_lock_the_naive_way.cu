// kernel: k grid=1 block=32
// arg: int* x 32 in
// arg: int* sum 1 inout zero
// arg: int* lock 1 inout zero
// result: sum = sum(x)
// Deadlocks where a warp runs in step; with a program counter a lane it ends.
extern "C" __global__ void k(const int* x, int* sum, int* lock) {
    while (atomicCAS(lock, 0, 1) != 0) { }
    __threadfence();
    sum[0] += x[threadIdx.x];
    __threadfence();
    atomicExch(lock, 0);
}
