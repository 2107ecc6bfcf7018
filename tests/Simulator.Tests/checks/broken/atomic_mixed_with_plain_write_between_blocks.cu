// kernel: k grid=2 block=32
// arg: int* count 1 inout zero
extern "C" __global__ void k(int* count) {
    if (blockIdx.x == 0 && threadIdx.x == 0) count[0] = 0;  // @reset
    __syncthreads();
    atomicAdd(count, 1);  // expect: race count[0] with @reset
}
