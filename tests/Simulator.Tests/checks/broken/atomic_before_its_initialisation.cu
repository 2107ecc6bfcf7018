// kernel: k grid=1 block=64
// arg: int* out 1 out
extern "C" __global__ void k(int* out) {
    __shared__ int count;
    if (threadIdx.x == 0) count = 0;  // @init
    __syncwarp();
    atomicAdd(&count, 1);  // expect: race count[0] with @init
    __syncthreads();
    if (threadIdx.x == 0) out[0] = count;
}
