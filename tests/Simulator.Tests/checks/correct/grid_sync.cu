// kernel: k grid=6 block=64 cooperative
// arg: int* x 384 in
// arg: int* middle 384 scratch
// arg: int* out 384 out
// result: out = reversed(x)
#include <cooperative_groups.h>
extern "C" __global__ void k(const int* x, int* middle, int* out) {
    int i = blockIdx.x * 64 + threadIdx.x;
    middle[i] = x[i];
    cooperative_groups::this_grid().sync();
    out[i] = middle[383 - i];
}
