// kernel: k grid=2 block=64
// arg: uchar* x 128 in
// arg: uchar* out 128 out
// result: out = plus(x, 1)
extern "C" __global__ void k(const unsigned char* x, unsigned char* out) {
    int i = blockIdx.x * 64 + threadIdx.x;
    out[i] = x[i] + 1;
    out[i] = out[i];
}
