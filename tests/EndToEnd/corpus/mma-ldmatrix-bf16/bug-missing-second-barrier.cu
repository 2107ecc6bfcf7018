/*launch-plan
{
  "launches": [
    { "kernel": "gemm", "grid": ["a.shape[0] // 32", "b.shape[1] // 32"], "block": [128],
      "args": ["a", "b", "out", "a.shape[1]", "b.shape[1]"] }
  ]
}
*/
#include <cuda_bf16.h>

// 32 x 32 a block: four warps of 16 x 16. Tiles of 32 deep in shared memory, rows of 40 halves so that eight rows meet no bank twice.
extern "C" __global__ void gemm(const __nv_bfloat16* __restrict__ a, const __nv_bfloat16* __restrict__ b, __nv_bfloat16* __restrict__ out, int inner, int cols) {
    __shared__ __align__(16) __nv_bfloat16 as[32][40];
    __shared__ __align__(16) __nv_bfloat16 bs[32][40];
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int row = blockIdx.x * 32, col = blockIdx.y * 32;
    int down = warp / 2 * 16, right = warp % 2 * 16;
    float sum[2][4] = {};
    for (int k0 = 0; k0 < inner; k0 += 32) {
        // 128 threads, 8 halves each: 32 x 32 of both.
        int r = threadIdx.x / 4, c = threadIdx.x % 4 * 8;
        *(uint4*)&as[r][c] = *(const uint4*)&a[(row + r) * inner + k0 + c];
        *(uint4*)&bs[r][c] = *(const uint4*)&b[(k0 + r) * cols + col + c];
        __syncthreads();
        for (int k = 0; k < 32; k += 16) {
            unsigned fa[4], fb[4];
            unsigned pa = (unsigned)__cvta_generic_to_shared(&as[down + lane % 16][k + lane / 16 * 8]);
            asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3]) : "r"(pa));
            unsigned pb = (unsigned)__cvta_generic_to_shared(&bs[k + lane % 16][right + lane / 16 * 8]);
            asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                : "=r"(fb[0]), "=r"(fb[1]), "=r"(fb[2]), "=r"(fb[3]) : "r"(pb));
            for (int j = 0; j < 2; j++) {
                asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                    : "+f"(sum[j][0]), "+f"(sum[j][1]), "+f"(sum[j][2]), "+f"(sum[j][3])
                    : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[2 * j]), "r"(fb[2 * j + 1]));
            }
        }
    }

    for (int j = 0; j < 2; j++) {
        for (int i = 0; i < 4; i++) {
            int r = row + down + lane / 4 + i / 2 * 8, c = col + right + j * 8 + lane % 4 * 2 + i % 2;
            out[r * cols + c] = __float2bfloat16(sum[j][i]);
        }
    }
}
