#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void shuffles(const int* __restrict__ x, int* __restrict__ out) {
    int lane = threadIdx.x & 31;
    int v = x[threadIdx.x];
    int* o = out + threadIdx.x * 16;
    o[0] = __shfl_sync(~0u, v, 5); o[1] = __shfl_up_sync(~0u, v, 3); o[2] = __shfl_down_sync(~0u, v, 7); o[3] = __shfl_xor_sync(~0u, v, 9);
    o[4] = __shfl_sync(~0u, v, lane + 3, 8); o[5] = __shfl_down_sync(~0u, v, 2, 16);
    o[6] = __ballot_sync(~0u, v & 1); o[7] = __any_sync(~0u, v > 100); o[8] = __all_sync(~0u, v > -1000);
    o[9] = __match_any_sync(~0u, v & 3);
    int pred; o[10] = __match_all_sync(~0u, v & 3, &pred); o[11] = pred;
    if (lane < 12) { o[12] = __shfl_sync(__activemask(), v, 2); } else { o[12] = __shfl_sync(0xfffff000u, v, 20); }
    __syncwarp();
    o[13] = __popc(__activemask());
    long long w = __shfl_xor_sync(~0u, (long long)v << 20, 1);
    o[14] = (int)(w >> 20);
    o[15] = __syncthreads_count(v & 1) + __syncthreads_or(v == 3) * 1000 + __syncthreads_and(v != 12345) * 10000;
}
extern "C" __global__ void reduxes(const int* __restrict__ x, int* __restrict__ out) {
#if __CUDA_ARCH__ >= 800
    int v = x[threadIdx.x];
    int* o = out + threadIdx.x * 8;
    o[0] = __reduce_add_sync(~0u, v); o[1] = __reduce_min_sync(~0u, v); o[2] = __reduce_max_sync(~0u, v); o[3] = __reduce_and_sync(~0u, v); o[4] = __reduce_or_sync(~0u, v); o[5] = __reduce_xor_sync(~0u, v);
    o[6] = __reduce_min_sync(~0u, (unsigned)v); o[7] = __reduce_max_sync(~0u, (unsigned)v);
#endif
}
extern "C" __global__ void groups(const float* __restrict__ x, float* __restrict__ out) {
    cg::thread_block b = cg::this_thread_block();
    auto tile = cg::tiled_partition<16>(b);
    float v = x[b.thread_rank()];
    for (int d = 8; d; d >>= 1) v += tile.shfl_xor(v, d);
    tile.sync();
    b.sync();
    auto g = cg::coalesced_threads();
    out[b.thread_rank()] = v + tile.thread_rank() + g.size();
}
extern "C" __global__ void grid_sync(const float* __restrict__ x, float* part, float* out, int n) {
    cg::grid_group g = cg::this_grid();
    int i = g.thread_rank();
    part[i] = x[i] * 2.0f;
    g.sync();
    out[i] = part[(i + blockDim.x) % n];
}
extern "C" __global__ void spin_lock(int* lock, int* count) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            *(volatile int*)count += 1;
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}
extern "C" __global__ void named_barriers(const int* __restrict__ x, int* out) {
    __shared__ int s[64];
    if (threadIdx.x < 64) {
        s[threadIdx.x] = x[threadIdx.x];
        asm volatile("bar.sync 1, 64;");
        out[threadIdx.x] = s[63 - threadIdx.x];
    } else {
        asm volatile("bar.sync 2, 64;");
        out[threadIdx.x] = 7;
    }
}
