// kernel: k grid=1 block=1
// arg: uchar* x 16 inout zero
extern "C" __global__ void k(unsigned char* x) {
    atomicAdd((int*)(x + 2), 1);  // expect: misaligned x
}
