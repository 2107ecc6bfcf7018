// Transposition of tiles through shared memory: TMA in by a producer warp over a ring of three stages, TMA out, full and empty mbarriers.
#include <cuda.h>
#include <cuda/barrier>
#include <cuda/ptx>
#include <cuda/std/utility>
namespace cde = cuda::device::experimental;
using Barrier = cuda::barrier<cuda::thread_scope_block>;

extern "C" __global__ void __launch_bounds__(160) tma_transpose(const __grid_constant__ CUtensorMap in, const __grid_constant__ CUtensorMap out, int tilesX, int tiles) {
    constexpr int T = 32, STAGES = 3;
    __shared__ alignas(128) float from[STAGES][T][T];
    __shared__ alignas(128) float to[2][T][T];
    __shared__ Barrier full[STAGES], empty[STAGES];
    if (threadIdx.x == 0) {
        for (int i = 0; i < STAGES; i++) init(&full[i], 1 + 128), init(&empty[i], 128 + 1);
        cde::fence_proxy_async_shared_cta();
    }
    __syncthreads();
    const int mine = tiles > (int)blockIdx.x ? (tiles - blockIdx.x + gridDim.x - 1) / gridDim.x : 0;
    if (threadIdx.x >= 128) {
        if (threadIdx.x == 128) {
            for (int i = 0; i < mine; i++) {
                const int stage = i % STAGES, tile = blockIdx.x + i * gridDim.x;
                empty[stage].wait(empty[stage].arrive());
                cde::cp_async_bulk_tensor_2d_global_to_shared(&from[stage], &in, tile % tilesX * T, tile / tilesX * T, full[stage]);
                Barrier::arrival_token token = cuda::device::barrier_arrive_tx(full[stage], 1, sizeof(from[stage]));
                (void)token;
            }
        }
    } else {
        for (int i = 0; i < STAGES; i++) {
            Barrier::arrival_token token = empty[i].arrive();
            (void)token;
        }
        for (int i = 0; i < mine; i++) {
            const int stage = i % STAGES, tile = blockIdx.x + i * gridDim.x;
            full[stage].wait(full[stage].arrive());
            if (threadIdx.x == 0) cde::cp_async_bulk_wait_group_read<1>();
            asm volatile("bar.sync 1, 128;" ::: "memory");
            const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
            // Element (r, c) to (c, r); the diagonal order keeps both sides free of conflicts.
            for (int r = warp; r < T; r += 4) {
                const int c = (lane + r) % T;
                to[i & 1][c][(r)] = from[stage][r][c];
            }
            cde::fence_proxy_async_shared_cta();
            asm volatile("bar.sync 1, 128;" ::: "memory");
            if (threadIdx.x == 0) {
                cde::cp_async_bulk_tensor_2d_shared_to_global(&out, tile / tilesX * T, tile % tilesX * T, &to[i & 1]);
                cde::cp_async_bulk_commit_group();
            }
            Barrier::arrival_token token = empty[stage].arrive();
            (void)token;
        }
        if (threadIdx.x == 0) cde::cp_async_bulk_wait_group_read<0>();
    }
}
