// int8 product by dp4a with a scale a row and one a column, zero points, and saturation to int8.
extern "C" __global__ void __launch_bounds__(256) dp4a_gemm(const char4* __restrict__ a, const char4* __restrict__ b, const float* __restrict__ rows, const float* __restrict__ columns,
                                                            signed char* __restrict__ c, int* __restrict__ sums, int m, int n, int k4, int zero) {
    __shared__ int as[64][9], bs[64][9];
    const int tx = threadIdx.x & 15, ty = threadIdx.x >> 4;
    int acc[4][4] = {}, total[4] = {};
    for (int at = 0; at < k4; at += 8) {
        for (int i = threadIdx.x; i < 512; i += 256) {
            const int r = i >> 3, q = i & 7, ra = blockIdx.y * 64 + r, rb = blockIdx.x * 64 + r;
            as[r][q] = ra < m && at + q < k4 ? reinterpret_cast<const int*>(a)[ra * k4 + at + q] : 0;
            bs[r][q] = rb < n && at + q < k4 ? reinterpret_cast<const int*>(b)[rb * k4 + at + q] : 0;
        }
        __syncthreads();
#pragma unroll
        for (int q = 0; q < 8; q++) {
            int x[4], y[4];
            for (int i = 0; i < 4; i++) x[i] = as[ty + 16 * i][q], y[i] = bs[tx + 16 * i][q];
            for (int j = 0; j < 4; j++) total[j] = __dp4a(y[j], 0x01010101, total[j]);
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++) acc[i][j] = __dp4a(x[i], y[j], acc[i][j]);
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int r = blockIdx.y * 64 + ty + 16 * i, s = blockIdx.x * 64 + tx + 16 * j;
            if (r < m && s < n) {
                const int value = acc[i][j] - zero * total[j];
                c[(size_t)r * n + s] = (signed char)max(-128, min(127, __float2int_rn(value * rows[r] * columns[s])));
                atomicAdd(&sums[r], value);
            }
        }
}
