#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/block/block_radix_sort.cuh>
#include <cub/warp/warp_reduce.cuh>
#include <cub/warp/warp_scan.cuh>
#include <cub/block/block_load.cuh>
#include <cub/block/block_store.cuh>
#include <cub/block/block_histogram.cuh>
#include <cub/block/block_exchange.cuh>
#include <cub/block/block_merge_sort.cuh>
#include <cub/block/block_discontinuity.cuh>
template <cub::BlockReduceAlgorithm A>
__device__ void reduce(const float* x, float* y) {
    using R = cub::BlockReduce<float, 128, A>;
    __shared__ typename R::TempStorage t;
    float s = R(t).Sum(x[blockIdx.x * 128 + threadIdx.x]);
    if (threadIdx.x == 0) y[blockIdx.x] = s;
}
extern "C" __global__ void reduce_warp(const float* x, float* y) { reduce<cub::BLOCK_REDUCE_WARP_REDUCTIONS>(x, y); }
extern "C" __global__ void reduce_raking(const float* x, float* y) { reduce<cub::BLOCK_REDUCE_RAKING>(x, y); }
extern "C" __global__ void reduce_commutative(const float* x, float* y) { reduce<cub::BLOCK_REDUCE_RAKING_COMMUTATIVE_ONLY>(x, y); }
template <cub::BlockScanAlgorithm A>
__device__ void scan(const int* x, int* y) {
    using S = cub::BlockScan<int, 128, A>;
    __shared__ typename S::TempStorage t;
    int v[4];
    for (int i = 0; i < 4; i++) v[i] = x[blockIdx.x * 512 + threadIdx.x * 4 + i];
    S(t).InclusiveSum(v, v);
    for (int i = 0; i < 4; i++) y[blockIdx.x * 512 + threadIdx.x * 4 + i] = v[i];
}
extern "C" __global__ void scan_raking(const int* x, int* y) { scan<cub::BLOCK_SCAN_RAKING>(x, y); }
extern "C" __global__ void scan_memoize(const int* x, int* y) { scan<cub::BLOCK_SCAN_RAKING_MEMOIZE>(x, y); }
extern "C" __global__ void scan_warp(const int* x, int* y) { scan<cub::BLOCK_SCAN_WARP_SCANS>(x, y); }
extern "C" __global__ void radix_sort(const float* x, float* y) {
    using S = cub::BlockRadixSort<float, 128, 4, int>;
    __shared__ typename S::TempStorage t;
    float k[4]; int v[4];
    for (int i = 0; i < 4; i++) { k[i] = x[threadIdx.x * 4 + i]; v[i] = threadIdx.x * 4 + i; }
    S(t).Sort(k, v);
    for (int i = 0; i < 4; i++) { y[threadIdx.x * 4 + i] = k[i]; y[512 + threadIdx.x * 4 + i] = v[i]; }
}
struct Less { __device__ bool operator()(const int& a, const int& b) const { return a < b; } };
extern "C" __global__ void merge_sort(const int* x, int* y) {
    using S = cub::BlockMergeSort<int, 64, 3>;
    __shared__ typename S::TempStorage t;
    int k[3];
    for (int i = 0; i < 3; i++) k[i] = x[threadIdx.x * 3 + i];
    S(t).Sort(k, Less());
    for (int i = 0; i < 3; i++) y[threadIdx.x * 3 + i] = k[i];
}
extern "C" __global__ void warp_reduce(const float* x, float* y, int valid) {
    using R = cub::WarpReduce<float>;
    __shared__ typename R::TempStorage t[4];
    int w = threadIdx.x / 32;
    float s = R(t[w]).Reduce(x[threadIdx.x], cub::Max(), valid);
    if (threadIdx.x % 32 == 0) y[w] = s;
}
extern "C" __global__ void warp_scan(const float* x, float* y) {
    using S = cub::WarpScan<float, 16>;
    __shared__ typename S::TempStorage t[8];
    float s;
    S(t[threadIdx.x / 16]).ExclusiveSum(x[threadIdx.x], s);
    y[threadIdx.x] = s;
}
template <cub::BlockHistogramAlgorithm A>
__device__ void histogram(const unsigned char* x, int* y) {
    using H = cub::BlockHistogram<unsigned char, 128, 4, 256, A>;
    __shared__ typename H::TempStorage t;
    __shared__ int h[256];
    unsigned char v[4];
    for (int i = 0; i < 4; i++) v[i] = x[threadIdx.x * 4 + i];
    H(t).Histogram(v, h);
    __syncthreads();
    for (int i = threadIdx.x; i < 256; i += 128) y[i] = h[i];
}
extern "C" __global__ void histogram_sort(const unsigned char* x, int* y) { histogram<cub::BLOCK_HISTO_SORT>(x, y); }
extern "C" __global__ void histogram_atomic(const unsigned char* x, int* y) { histogram<cub::BLOCK_HISTO_ATOMIC>(x, y); }
extern "C" __global__ void transpose_load(const int* x, int* y, int n) {
    using L = cub::BlockLoad<int, 64, 4, cub::BLOCK_LOAD_WARP_TRANSPOSE>;
    using S = cub::BlockStore<int, 64, 4, cub::BLOCK_STORE_TRANSPOSE>;
    using D = cub::BlockDiscontinuity<int, 64>;
    __shared__ union { typename L::TempStorage l; typename S::TempStorage s; typename D::TempStorage d; } t;
    int v[4], head[4];
    L(t.l).Load(x + blockIdx.x * 256, v, n - blockIdx.x * 256, -1);
    __syncthreads();
    D(t.d).FlagHeads(head, v, cub::Inequality());
    __syncthreads();
    for (int i = 0; i < 4; i++) v[i] = v[i] * 2 + head[i];
    S(t.s).Store(y + blockIdx.x * 256, v, n - blockIdx.x * 256);
}
