// kernel: k grid=4 block=1
// arg: int* count 1 inout zero
extern "C" __global__ void k(int* count) {
    count[0]++;  // expect: race count[0] with @itself // @itself
}
