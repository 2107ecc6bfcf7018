// kernel: k grid=1 block=64
// arg: short* scratch 64 scratch
// arg: short* out 64 out
extern "C" __global__ void k(short* scratch, short* out) {
    if (threadIdx.x % 2 == 0) scratch[threadIdx.x] = 1;
    __syncthreads();
    out[threadIdx.x] = scratch[threadIdx.x];  // expect: uninitialised_read scratch[33]
}
