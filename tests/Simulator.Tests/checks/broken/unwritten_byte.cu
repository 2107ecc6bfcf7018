// kernel: k grid=1 block=64
// arg: uchar* scratch 64 scratch
// arg: int* out 64 out
extern "C" __global__ void k(unsigned char* scratch, int* out) {
    if (threadIdx.x != 37) scratch[threadIdx.x] = 1;
    out[threadIdx.x] = scratch[threadIdx.x];  // expect: uninitialised_read scratch[37]
}
