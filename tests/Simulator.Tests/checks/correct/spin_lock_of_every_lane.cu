// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: int* sum 1 inout zero
// arg: int* lock 1 inout zero
// result: sum = sum(x)
// Lanes of one warp wait for each other: independent thread scheduling.
extern "C" __global__ void k(const int* x, int* sum, int* lock) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            __threadfence();
            sum[0] += x[threadIdx.x];
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}
