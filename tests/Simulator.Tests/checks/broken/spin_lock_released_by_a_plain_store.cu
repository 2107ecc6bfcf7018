// kernel: k grid=2 block=1
// arg: int* lock 1 inout zero
// arg: int* count 1 inout zero
extern "C" __global__ void k(int* lock, int* count) {
    while (atomicCAS(lock, 0, 1) != 0) { }  // expect: race lock[0] with @store
    count[0] += 1;  // expect: race count[0] with @itself // @itself
    __threadfence();
    lock[0] = 0;  // @store // expect: race lock[0] with @store
}
