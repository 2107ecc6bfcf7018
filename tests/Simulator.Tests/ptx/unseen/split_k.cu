// C = A B with the long dimension split over blocks: partial tiles in a work space, the last block of a tile adds them up in order and resets its ticket.
__device__ unsigned int tickets[64];

extern "C" __global__ void __launch_bounds__(256) split_k(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, float* work, int m, int n, int k, float* worst) {
    constexpr int TM = 32, TN = 32, TK = 16;
    __shared__ float as[TK][TM + 1], bs[TK][TN];
    __shared__ bool last;
    const int tile = blockIdx.y * gridDim.x + blockIdx.x, tx = threadIdx.x % 16, ty = threadIdx.x / 16;
    const int row = blockIdx.y * TM, column = blockIdx.x * TN;
    const int per = (k + gridDim.z - 1) / gridDim.z, from = blockIdx.z * per, to = min(k, from + per);
    float sum[2][2] = {};
    for (int at = from; at < to; at += TK) {
        for (int i = threadIdx.x; i < TM * TK; i += 256) {
            const int r = i / TK, q = i % TK;
            as[q][r] = row + r < m && at + q < to ? a[(size_t)(row + r) * k + at + q] : 0.0f;
        }
        for (int i = threadIdx.x; i < TK * TN; i += 256) {
            const int q = i / TN, s = i % TN;
            bs[q][s] = column + s < n && at + q < to ? b[(size_t)(at + q) * n + column + s] : 0.0f;
        }
        __syncthreads();
#pragma unroll
        for (int q = 0; q < TK; q++)
#pragma unroll
            for (int i = 0; i < 2; i++)
#pragma unroll
                for (int j = 0; j < 2; j++) sum[i][j] += as[q][ty * 2 + i] * bs[q][tx * 2 + j];
        __syncthreads();
    }
    float* mine = work + ((size_t)tile * gridDim.z + blockIdx.z) * TM * TN;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) mine[(ty * 2 + i) * TN + tx * 2 + j] = sum[i][j];
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicInc(&tickets[tile], gridDim.z - 1) == gridDim.z - 1;
    __syncthreads();
    if (!last) return;
    __threadfence();
    float largest = 0;
    for (int i = threadIdx.x; i < TM * TN; i += 256) {
        float total = 0;
        for (int z = 0; z < gridDim.z; z++) total += __ldcg(work + ((size_t)tile * gridDim.z + z) * TM * TN + i);
        if (row + i / TN < m && column + i % TN < n) {
            c[(size_t)(row + i / TN) * n + column + i % TN] = total;
            largest = fmaxf(largest, fabsf(total));
        }
    }
    // Non-negative floats are ordered as integers are.
    const unsigned int warp = __reduce_max_sync(0xffffffff, __float_as_uint(largest));
    if (threadIdx.x % 32 == 0) atomicMax(reinterpret_cast<unsigned int*>(worst), warp);
}
