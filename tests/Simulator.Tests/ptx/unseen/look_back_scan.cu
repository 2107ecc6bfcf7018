// One-pass inclusive scan: Kogge-Stone in warps, block sums published with their state in one 64-bit word, look-back by a warp.
#include <cuda/atomic>

enum State : unsigned int { EMPTY = 0, PART = 1, WHOLE = 2 };

extern "C" __global__ void __launch_bounds__(256) look_back_scan(const int* __restrict__ x, int* __restrict__ y, unsigned long long* states, unsigned int* next, int n) {
    constexpr int ITEMS = 4;
    __shared__ int sums[8];
    __shared__ unsigned int tile;
    __shared__ int before;
    if (threadIdx.x == 0) tile = atomicAdd(next, 1);
    __syncthreads();
    const int first = tile * 256 * ITEMS + threadIdx.x * ITEMS, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    int v[ITEMS], running = 0;
    if (first + ITEMS <= n) {
        const int4 q = reinterpret_cast<const int4*>(x)[first / ITEMS];
        v[0] = q.x, v[1] = q.y, v[2] = q.z, v[3] = q.w;
    } else {
        for (int i = 0; i < ITEMS; i++) v[i] = first + i < n ? x[first + i] : 0;
    }
#pragma unroll
    for (int i = 0; i < ITEMS; i++) running += v[i], v[i] = running;
    int scan = running;
#pragma unroll
    for (int d = 1; d < 32; d *= 2) {
        const int other = __shfl_up_sync(0xffffffffu, scan, d);
        if (lane >= d) scan += other;
    }
    if (lane == 31) sums[warp] = scan;
    __syncthreads();
    if (warp == 0) {
        int s = lane < 8 ? sums[lane] : 0;
#pragma unroll
        for (int d = 1; d < 8; d *= 2) {
            const int other = __shfl_up_sync(0xffffffffu, s, d);
            if (lane >= d) s += other;
        }
        if (lane < 8) sums[lane] = s;
        const int total = __shfl_sync(0xffffffffu, s, 7);
        auto publish = [&](State state, int value) {
            cuda::atomic_ref<unsigned long long, cuda::thread_scope_device> word(states[tile]);
            word.store(((unsigned long long)state << 32) | (unsigned int)value, cuda::memory_order_release);
        };
        if (lane == 0) publish(tile == 0 ? WHOLE : PART, total);
        int sum = 0;
        for (int look = (int)tile - 1; look >= 0; look -= 32) {
            unsigned int state = WHOLE;
            int value = 0;
            if (look - lane >= 0) {
                cuda::atomic_ref<unsigned long long, cuda::thread_scope_device> word(states[look - lane]);
                unsigned long long w;
                while ((state = (unsigned int)((w = word.load(cuda::memory_order_acquire)) >> 32)) == EMPTY) __nanosleep(20);
                value = (int)(unsigned int)w;
            }
            __syncwarp();
            const unsigned int whole = __ballot_sync(~0u, state == WHOLE);
            const int stop = whole ? __ffs(whole) - 1 : 31;
            sum += __reduce_add_sync(~0u, lane <= stop ? value : 0);
            if (whole) break;
        }
        if (lane == 0) {
            before = sum;
            if (tile > 0) publish(WHOLE, sum + total);
        }
    }
    __syncthreads();
    const int add = before + (warp ? sums[warp - 1] : 0) + scan - running;
    for (int i = 0; i < ITEMS; i++)
        if (first + i < n) y[first + i] = v[i] + add;
}
