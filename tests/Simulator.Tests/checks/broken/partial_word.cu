// kernel: k grid=1 block=16
// arg: uchar* scratch 64 scratch
// arg: int* out 16 out
extern "C" __global__ void k(unsigned char* scratch, int* out) {
    for (int i = 0; i < 3; ++i) scratch[4 * threadIdx.x + i] = 1;
    out[threadIdx.x] = *(const int*)(scratch + 4 * threadIdx.x);  // expect: uninitialised_read scratch[0]
}
