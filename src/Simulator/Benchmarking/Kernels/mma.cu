// C = A · Bᵀ in float16 with float32 accumulation: a warp makes a tile of 16 × 8 by mma.sync.m16n8k16; A is m × k, B is n × k, both by rows.
extern "C" __global__ void mma(const unsigned* __restrict__ a, const unsigned* __restrict__ b, float* __restrict__ out, int m, int k, int n) {
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    int row = blockIdx.y * 16, col = (blockIdx.x * (blockDim.x / 32) + warp) * 8;
    float c0 = 0, c1 = 0, c2 = 0, c3 = 0;
    int half = k / 2;
    for (int i = 0; i < half; i += 8) {
        unsigned a0 = a[(row + group) * half + i + quad], a1 = a[(row + group + 8) * half + i + quad];
        unsigned a2 = a[(row + group) * half + i + quad + 4], a3 = a[(row + group + 8) * half + i + quad + 4];
        unsigned b0 = b[(col + group) * half + i + quad], b1 = b[(col + group) * half + i + quad + 4];
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                     : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
    }
    out[(row + group) * n + col + quad * 2] = c0;
    out[(row + group) * n + col + quad * 2 + 1] = c1;
    out[(row + group + 8) * n + col + quad * 2] = c2;
    out[(row + group + 8) * n + col + quad * 2 + 1] = c3;
}
