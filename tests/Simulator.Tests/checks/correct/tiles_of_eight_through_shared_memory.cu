// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: int* out 64 out
// result: out = reversed_chunks(x, 8)
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[64];
    auto tile = cg::tiled_partition<8>(cg::this_thread_block());
    s[threadIdx.x] = x[threadIdx.x];
    tile.sync();
    out[threadIdx.x] = s[threadIdx.x / 8 * 8 + 7 - tile.thread_rank()];
}
