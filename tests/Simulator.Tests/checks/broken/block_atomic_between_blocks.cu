// kernel: k grid=2 block=32
// arg: int* count 1 inout zero
extern "C" __global__ void k(int* count) {
    atomicAdd_block(count, 1);  // expect: race count[0] with @itself // @itself
}
