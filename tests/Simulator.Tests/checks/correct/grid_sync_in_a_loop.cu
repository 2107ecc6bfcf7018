// kernel: k grid=4 block=32 cooperative
// arg: int* x 128 inout
// arg: int* y 128 scratch
// result: x = rotated(x, 4)
// Two buffers in turn, a grid barrier between steps.
#include <cooperative_groups.h>
extern "C" __global__ void k(int* x, int* y) {
    int i = blockIdx.x * 32 + threadIdx.x;
    for (int step = 0; step < 4; ++step) {
        int* from = step % 2 ? y : x;
        int* to = step % 2 ? x : y;
        to[i] = from[(i + 1) % 128];
        cooperative_groups::this_grid().sync();
    }
}
