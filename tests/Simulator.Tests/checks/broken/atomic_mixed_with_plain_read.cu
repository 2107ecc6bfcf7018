// kernel: k grid=1 block=64
// arg: int* out 64 out
extern "C" __global__ void k(int* out) {
    __shared__ int count;
    if (threadIdx.x == 0) count = 0;
    __syncthreads();
    atomicAdd(&count, 1);  // @add
    out[threadIdx.x] = count;  // expect: race count[0] with @add
}
