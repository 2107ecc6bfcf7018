#include <cuda/barrier>
#include <cuda.h>
extern "C" __global__ void tma_tile(const __grid_constant__ CUtensorMap in, const __grid_constant__ CUtensorMap out) {
    __shared__ alignas(128) float s[32][64];
    __shared__ cuda::barrier<cuda::thread_scope_block> bar;
    namespace cde = cuda::device::experimental;
    if (threadIdx.x == 0) { init(&bar, blockDim.x); cde::fence_proxy_async_shared_cta(); }
    __syncthreads();
    cuda::barrier<cuda::thread_scope_block>::arrival_token token;
    int x = blockIdx.x * 64, y = blockIdx.y * 32;
    if (threadIdx.x == 0) {
        cde::cp_async_bulk_tensor_2d_global_to_shared(&s, &in, x, y, bar);
        token = cuda::device::barrier_arrive_tx(bar, 1, sizeof(s));
    } else token = bar.arrive();
    bar.wait(std::move(token));
    for (int i = threadIdx.x; i < 32 * 64; i += blockDim.x) s[i / 64][i % 64] += 1;
    cde::fence_proxy_async_shared_cta();
    __syncthreads();
    if (threadIdx.x == 0) {
        cde::cp_async_bulk_tensor_2d_shared_to_global(&out, x, y, &s);
        cde::cp_async_bulk_commit_group();
        cde::cp_async_bulk_wait_group_read<0>();
    }
}
