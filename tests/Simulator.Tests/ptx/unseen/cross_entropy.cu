// Mean cross entropy with label smoothing and an ignored class, rows in one pass (online log-sum-exp), gradient in a second, loss by one atomic a block.
#include <cub/block/block_reduce.cuh>

struct Online {
    float most, sum, total;
};

struct Merge {
    __device__ Online operator()(const Online& a, const Online& b) const {
        const float most = fmaxf(a.most, b.most);
        auto part = [most](const Online& o) { return o.most == -INFINITY ? 0.f : o.sum * exp2f((o.most - most) * 1.4426950408889634f); };
        return {most, part(a) + part(b), a.total + b.total};
    }
};

template <int THREADS>
__device__ __forceinline__ void entropy(const float* __restrict__ x, const long long* __restrict__ target, float* __restrict__ loss, float* __restrict__ gradient, int rows, int classes, int ignored, float smoothing) {
    using Reduce = cub::BlockReduce<Online, THREADS>;
    __shared__ typename Reduce::TempStorage storage;
    __shared__ Online whole;
    float sum = 0;
    for (int row = blockIdx.x; row < rows; row += gridDim.x) {
        const float* from = x + (size_t)row * classes;
        const long long wanted = target[row];
        if (wanted == ignored) {
            for (int i = threadIdx.x; i < classes; i += THREADS) gradient[(size_t)row * classes + i] = 0;
            continue;
        }
        Online o = {-INFINITY, 0, 0};
        for (int i = threadIdx.x; i < classes; i += THREADS) o = Merge()(o, Online{from[i], 1, from[i]});
        o = Reduce(storage).Reduce(o, Merge());
        if (threadIdx.x == 0) whole = o;
        __syncthreads();
        const float log = logf(whole.sum) + whole.most;
        if (threadIdx.x == 0) sum += (1 - smoothing) * (log - from[wanted]) + smoothing * (log - whole.total / classes);
        for (int i = threadIdx.x; i < classes; i += THREADS)
            gradient[(size_t)row * classes + i] = (expf(from[i] - log) - (i == wanted ? 1 - smoothing : 0) - smoothing / classes) / rows;
        __syncthreads();
    }
    if (threadIdx.x == 0) atomicAdd(loss, sum / rows);
}

extern "C" __global__ void __launch_bounds__(128) cross_entropy(const float* x, const long long* target, float* loss, float* gradient, int rows, int classes, int ignored, float smoothing) {
    entropy<128>(x, target, loss, gradient, rows, classes, ignored, smoothing);
}
