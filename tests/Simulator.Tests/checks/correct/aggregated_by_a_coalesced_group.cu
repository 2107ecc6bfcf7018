// kernel: k grid=2 block=64
// arg: int* x 128 in
// arg: int* count 1 inout zero
// arg: int* slots 128 inout zero
// result: count = count_positive(x)
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void k(const int* x, int* count, int* slots) {
    int v = x[blockIdx.x * 64 + threadIdx.x];
    if (v > 0) {
        cg::coalesced_group g = cg::coalesced_threads();
        int base = 0;
        if (g.thread_rank() == 0) base = atomicAdd(count, g.size());
        slots[g.shfl(base, 0) + g.thread_rank()] = v;
    }
}
