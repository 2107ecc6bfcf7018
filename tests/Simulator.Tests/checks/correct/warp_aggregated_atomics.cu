// kernel: k grid=2 block=64
// arg: int* x 128 in
// arg: int* count 1 inout zero
// result: count = count_positive(x)
extern "C" __global__ void k(const int* x, int* count) {
    if (x[blockIdx.x * 64 + threadIdx.x] > 0) {
        unsigned int active = __activemask();
        int leader = __ffs(active) - 1;
        if (threadIdx.x % 32 == leader) atomicAdd(count, __popc(active));
    }
}
