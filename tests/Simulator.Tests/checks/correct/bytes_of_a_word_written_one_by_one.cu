// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: int* out 64 out
// result: out = copy(x)
extern "C" __global__ void k(const int* x, int* out) {
    volatile unsigned char* p = (volatile unsigned char*)(out + threadIdx.x);
    unsigned int v = x[threadIdx.x];
    for (int i = 0; i < 4; ++i) p[i] = (unsigned char)(v >> (8 * i));
    out[threadIdx.x] = out[threadIdx.x] + 0;
}
