// kernel: k grid=2 block=32 completion=Trapped
// arg: int* out 64 scratch
#include <cooperative_groups.h>
extern "C" __global__ void k(int* out) {
    out[blockIdx.x * 32 + threadIdx.x] = 1;
    cooperative_groups::this_grid().sync();  // stands: running
}
