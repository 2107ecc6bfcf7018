// kernel: k grid=2 block=64
// arg: int* x 128 in
// arg: int* out 8 out
// result: out = sums(x, 16)
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;
extern "C" __global__ void k(const int* x, int* out) {
    auto tile = cg::tiled_partition<16>(cg::this_thread_block());
    int v = cg::reduce(tile, x[blockIdx.x * 64 + threadIdx.x], cg::plus<int>());
    if (tile.thread_rank() == 0) out[blockIdx.x * 4 + tile.meta_group_rank()] = v;
}
