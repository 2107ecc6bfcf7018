// Least significant digit radix sort of one block's keys with values: match_any ranks inside warps, a scan over digits and warps, five bits a pass.
#include <cub/block/block_scan.cuh>
#include <cub/block/block_load.cuh>
#include <cub/block/block_store.cuh>

constexpr int THREADS = 256, BITS = 4, DIGITS = 1 << BITS, WARPS = THREADS / 32;

extern "C" __global__ void __launch_bounds__(THREADS) radix_sort(const unsigned int* __restrict__ keys, const unsigned short* __restrict__ values, unsigned int* __restrict__ keysOut, unsigned short* __restrict__ valuesOut) {
    using Scan = cub::BlockScan<unsigned int, THREADS>;
    __shared__ union {
        typename Scan::TempStorage scan;
        unsigned int keys[THREADS];
    } s;
    __shared__ unsigned int counts[DIGITS * WARPS];
    __shared__ unsigned short moved[THREADS];
    const int t = threadIdx.x, warp = t / 32, lane = t % 32;
    unsigned int key = keys[blockIdx.x * THREADS + t];
    unsigned short value = values[blockIdx.x * THREADS + t];
    for (int bit = 0; bit < 32; bit += BITS) {
        const unsigned int digit = (key >> bit) & (DIGITS - 1);
        for (int i = t; i < DIGITS * WARPS; i += THREADS) counts[i] = 0;
        __syncthreads();
        const unsigned int peers = __match_any_sync(0xffffffffu, digit);
        const unsigned int rank = __popc(peers & ((1u << lane) - 1));
        if (rank == 0) counts[digit * WARPS + warp] = __popc(peers);
        __syncthreads();
        unsigned int count = t < DIGITS * WARPS ? counts[t] : 0, before;
        Scan(s.scan).ExclusiveSum(count, before);
        if (t < DIGITS * WARPS) counts[t] = before;
        __syncthreads();
        const unsigned int place = counts[digit * WARPS + warp] + rank;
        s.keys[place] = key;
        moved[place] = value;
        __syncthreads();
        key = s.keys[t];
        value = moved[t];
        __syncthreads();
    }
    keysOut[blockIdx.x * THREADS + t] = key;
    valuesOut[blockIdx.x * THREADS + t] = value;
}
