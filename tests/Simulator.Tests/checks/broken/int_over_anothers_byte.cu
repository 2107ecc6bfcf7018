// kernel: k grid=1 block=2
// arg: uchar* x 8 inout
extern "C" __global__ void k(unsigned char* x) {
    if (threadIdx.x == 0) *(int*)x = 0x01020304;  // expect: race x[0] with @byte
    else x[3] = 9;  // @byte
}
