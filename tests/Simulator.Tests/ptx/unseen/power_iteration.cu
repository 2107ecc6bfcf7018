// Largest eigenvalue of a symmetric matrix by power iteration in one cooperative launch: three grid barriers a step, stop decided on the device.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

__device__ double norms[2];
__constant__ float tolerance = 1e-6f;

extern "C" __global__ void power_iteration(const float* __restrict__ a, float* v, float* w, float* eigen, int* steps, int n, int most) {
    cg::grid_group grid = cg::this_grid();
    cg::thread_block block = cg::this_thread_block();
    extern __shared__ double parts[];
    float old = 0;
    int step = 0;
    for (; step < most; step++) {
        double sum = 0;
        for (int r = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; r < n; r += gridDim.x * (blockDim.x / 32)) {
            float dot = 0;
            for (int c = threadIdx.x % 32; c < n; c += 32) dot += a[(size_t)r * n + c] * v[c];
            for (int d = 16; d; d /= 2) dot += __shfl_xor_sync(~0u, dot, d);
            if (threadIdx.x % 32 == 0) w[r] = dot, sum += (double)dot * dot;
        }
        parts[block.thread_rank()] = sum;
        block.sync();
        for (int d = blockDim.x / 2; d; d /= 2) {
            if (threadIdx.x < d) parts[threadIdx.x] += parts[threadIdx.x + d];
            block.sync();
        }
        if (threadIdx.x == 0) atomicAdd(&norms[step & 1], parts[0]);
        grid.sync();
        const float norm = (float)sqrt(norms[step & 1]);
        if (grid.thread_rank() == 0) norms[(step + 1) & 1] = 0;
        for (int i = grid.thread_rank(); i < n; i += grid.size()) v[i] = w[i] / norm;
        grid.sync();
        const bool done = fabsf(norm - old) <= tolerance * norm;
        old = norm;
        if (done) break;
    }
    if (grid.thread_rank() == 0) *eigen = old, *steps = step;
}
