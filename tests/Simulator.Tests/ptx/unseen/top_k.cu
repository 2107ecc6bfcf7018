// The k largest of each row with their places: keys and places packed into 64 bits, bitonic sort of a block's row in shared memory, stages inside a warp by shuffles.
__device__ __forceinline__ unsigned long long pack(float v, int at) {
    unsigned int bits = __float_as_uint(v);
    bits ^= (bits >> 31) ? 0xffffffffu : 0x80000000u;
    return ((unsigned long long)bits << 32) | (0xffffffffu - at);
}

extern "C" __global__ void __launch_bounds__(512) top_k(const float* __restrict__ x, float* __restrict__ values, long long* __restrict__ places, int n, int k) {
    extern __shared__ unsigned long long keys[];
    const int size = blockDim.x;
    const int t = threadIdx.x;
    unsigned long long key = t < n ? pack(x[(size_t)blockIdx.x * n + t], t) : 0;
    for (int width = 2; width <= size; width <<= 1) {
        const bool descending = (t & width) == 0;
        for (int step = width >> 1; step > 0; step >>= 1) {
            unsigned long long other;
            if (step < 32) {
                other = __shfl_xor_sync(0xffffffffu, key, step);
            } else {
                keys[t] = key;
                __syncthreads();
                other = keys[t ^ step];
                __syncthreads();
            }
            const bool lower = (t & step) == 0;
            key = (lower == descending) ? max(key, other) : min(key, other);
        }
    }
    if (t < k) {
        unsigned int bits = (unsigned int)(key >> 32);
        bits ^= (bits >> 31) ? 0x80000000u : 0xffffffffu;
        values[(size_t)blockIdx.x * k + t] = __uint_as_float(bits);
        places[(size_t)blockIdx.x * k + t] = 0xffffffffu - (unsigned int)key;
    }
}
