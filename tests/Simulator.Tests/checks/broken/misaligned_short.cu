// kernel: k grid=1 block=32
// arg: uchar* x 128 in
// arg: int* out 32 out
extern "C" __global__ void k(const unsigned char* x, int* out) {
    out[threadIdx.x] = *(const short*)(x + 2 * threadIdx.x + 1);  // expect: misaligned x
}
