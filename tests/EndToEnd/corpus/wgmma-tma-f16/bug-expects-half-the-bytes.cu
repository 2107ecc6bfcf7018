/*launch-plan
{
  "tensor_maps": {
    "tile_a": { "tensor": "a", "box": [64, 64], "swizzle": "128b" },
    "half_b": { "tensor": "b", "box": [32, 64], "swizzle": "128b" }
  },
  "launches": [
    { "kernel": "gemm", "grid": ["a.shape[0] // 64", "b.shape[0] // 64"], "block": [160], "cluster": [2],
      "args": ["tile_a", "half_b", "out", "a.shape[1] // 64", "b.shape[0]"] }
  ]
}
*/
#include <cuda.h>
#include <cuda_fp16.h>
#include <cstdint>

constexpr int Stages = 2;
constexpr uint32_t TileBytes = 64 * 64 * sizeof(__half);

__device__ uint32_t address(const void* shared) { return (uint32_t)__cvta_generic_to_shared(shared); }

__device__ void wait(uint32_t barrier, uint32_t parity) {
    asm volatile("{ .reg .pred done; again: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1; @done bra over; bra again; over: }" :: "r"(barrier), "r"(parity) : "memory");
}

// Rows of 128 bytes, swizzled: eight rows to 1024 bytes.
__device__ uint64_t descriptor(uint32_t tile) { return (uint64_t)(tile >> 4 & 0x3fff) | 1ull << 16 | 64ull << 32 | 1ull << 62; }

__device__ void product(float (&d)[32], uint64_t a, uint64_t b) {
    asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
        "%32, %33, 1, 1, 1, 0, 0;"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]), "+f"(d[8]), "+f"(d[9]), "+f"(d[10]),
          "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]), "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]),
          "+f"(d[22]), "+f"(d[23]), "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31])
        : "l"(a), "l"(b));
}

// Four warps multiply, one thread of the fifth fetches. The two blocks of a cluster share columns: each brings half of B's tile to both.
extern "C" __global__ void gemm(const __grid_constant__ CUtensorMap tile_a, const __grid_constant__ CUtensorMap half_b, __half* __restrict__ out, int steps, int cols) {
    __shared__ alignas(1024) __half as[Stages][64 * 64];
    __shared__ alignas(1024) __half bs[Stages][64 * 64];
    __shared__ alignas(8) uint64_t full[Stages], empty[Stages];
    uint32_t rank;
    asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    if (threadIdx.x == 0) {
        for (int s = 0; s < Stages; s++) {
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" :: "r"(address(&full[s])));
            asm volatile("mbarrier.init.shared::cta.b64 [%0], 8;" :: "r"(address(&empty[s])));
        }
        asm volatile("fence.mbarrier_init.release.cluster;");
    }
    asm volatile("barrier.cluster.arrive.release.aligned; barrier.cluster.wait.acquire.aligned;" ::: "memory");
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    if (warp == 4) {
        if (lane == 0) {
            for (int k = 0; k < steps; k++) {
                int s = k % Stages;
                wait(address(&empty[s]), (k / Stages & 1) ^ 1);
                asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" :: "r"(address(&full[s])), "r"(TileBytes));
                asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];"
                    :: "r"(address(as[s])), "l"(&tile_a), "r"(k * 64), "r"(blockIdx.x * 64), "r"(address(&full[s])) : "memory");
                asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1, {%2, %3}], [%4], %5;"
                    :: "r"(address(bs[s]) + rank * TileBytes / 2), "l"(&half_b), "r"(k * 64), "r"(blockIdx.y * 64 + rank * 32), "r"(address(&full[s])), "h"((unsigned short)3) : "memory");
            }
        }
    } else {
        float d[32] = {};
        for (int k = 0; k < steps; k++) {
            int s = k % Stages;
            wait(address(&full[s]), k / Stages & 1);
            asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
            for (int i = 0; i < 4; i++)
                product(d, descriptor(address(as[s])) + 2 * i, descriptor(address(bs[s])) + 2 * i);
            asm volatile("wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;" ::: "memory");
            // Either block's copies come to both: either must have read its own.
            if (lane < 2)
                asm volatile("{ .reg .b32 there; mapa.shared::cluster.u32 there, %0, %1; mbarrier.arrive.release.cluster.shared::cluster.b64 _, [there]; }"
                    :: "r"(address(&empty[s])), "r"(lane) : "memory");
        }
        for (int j = 0; j < 8; j++)
            for (int h = 0; h < 2; h++) {
                int row = blockIdx.x * 64 + warp * 16 + h * 8 + lane / 4, col = blockIdx.y * 64 + j * 8 + lane % 4 * 2;
                *(__half2*)&out[row * cols + col] = __floats2half2_rn(d[4 * j + 2 * h], d[4 * j + 2 * h + 1]);
            }
    }
    asm volatile("barrier.cluster.arrive.release; barrier.cluster.wait.acquire;" ::: "memory");
}
