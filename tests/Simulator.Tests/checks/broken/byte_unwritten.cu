// kernel: k grid=1 block=64
// arg: uchar* out 64 out
// expect-unwritten: out[63]
extern "C" __global__ void k(unsigned char* out) {
    if (threadIdx.x < 63) out[threadIdx.x] = 1;
}
