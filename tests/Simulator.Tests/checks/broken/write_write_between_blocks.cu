// kernel: k grid=4 block=1
// arg: int* out 1 out
extern "C" __global__ void k(int* out) {
    out[0] = blockIdx.x;  // expect: race out[0] with @itself // @itself
}
