// kernel: k grid=1 block=32
// arg: uchar* x 256 in
// arg: int* out 32 out
extern "C" __global__ void k(const unsigned char* x, int* out) {
    out[threadIdx.x] = *(const int*)(x + 4 * threadIdx.x + 2);  // expect: misaligned x
}
