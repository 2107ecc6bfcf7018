// kernel: k grid=1 block=64
// arg: int* out 1 out
extern "C" __global__ void k(int* out) {
    out[0] = threadIdx.x;  // expect: race out[0] with @itself // @itself
}
