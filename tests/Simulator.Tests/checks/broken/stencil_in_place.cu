// kernel: k grid=1 block=64
// arg: float* x 66 inout
extern "C" __global__ void k(float* x) {
    int i = threadIdx.x + 1;
    x[i] = x[i - 1] + x[i] + x[i + 1];  // expect: race x[1] with @itself // @itself
}
