#include <cooperative_groups.h>
#include <cuda/barrier>
#include <cuda/ptx>
namespace cg = cooperative_groups;
extern "C" __global__ void __cluster_dims__(4, 1, 1) cluster_sum(const float* x, float* y) {
    __shared__ float s[128];
    cg::cluster_group c = cg::this_cluster();
    s[threadIdx.x] = x[blockIdx.x * 128 + threadIdx.x];
    c.sync();
    float v = 0;
    for (unsigned r = 0; r < c.num_blocks(); r++) {
        float* other = c.map_shared_rank(s, r);
        v += other[threadIdx.x];
    }
    c.sync();
    y[blockIdx.x * 128 + threadIdx.x] = v + c.block_rank() * 1000;
}
extern "C" __global__ void __cluster_dims__(2, 1, 1) cluster_hist(const int* x, int* bins, int n) {
    extern __shared__ int h[];
    cg::cluster_group c = cg::this_cluster();
    for (int i = threadIdx.x; i < 64; i += blockDim.x) h[i] = 0;
    c.sync();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        int b = x[i] & 127;
        int* dst = c.map_shared_rank(h, b / 64);
        atomicAdd(dst + b % 64, 1);
    }
    c.sync();
    for (int i = threadIdx.x; i < 64; i += blockDim.x) atomicAdd(&bins[c.block_rank() * 64 + i], h[i]);
}
extern "C" __global__ void bulk_copy(const float* x, float* y) {
    __shared__ alignas(128) float s[1024];
    __shared__ cuda::barrier<cuda::thread_scope_block> bar;
    if (threadIdx.x == 0) { init(&bar, blockDim.x); cuda::device::experimental::fence_proxy_async_shared_cta(); }
    __syncthreads();
    cuda::barrier<cuda::thread_scope_block>::arrival_token token;
    if (threadIdx.x == 0) {
        cuda::device::experimental::cp_async_bulk_global_to_shared(s, x + blockIdx.x * 1024, 4096, bar);
        token = cuda::device::barrier_arrive_tx(bar, 1, 4096);
    } else token = bar.arrive();
    bar.wait(std::move(token));
    for (int i = threadIdx.x; i < 1024; i += blockDim.x) s[i] *= 2;
    cuda::device::experimental::fence_proxy_async_shared_cta();
    __syncthreads();
    if (threadIdx.x == 0) {
        cuda::device::experimental::cp_async_bulk_shared_to_global(y + blockIdx.x * 1024, s, 4096);
        cuda::device::experimental::cp_async_bulk_commit_group();
        cuda::device::experimental::cp_async_bulk_wait_group_read<0>();
    }
}
