#include <cuda/barrier>
#include <cuda/pipeline>
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;
extern "C" __global__ void cuda_barrier(const float* x, float* y, int n) {
    __shared__ cuda::barrier<cuda::thread_scope_block> bar;
    __shared__ float s[256];
    auto b = cg::this_thread_block();
    if (b.thread_rank() == 0) init(&bar, blockDim.x);
    b.sync();
    for (int i = blockIdx.x * 256; i < n; i += gridDim.x * 256) {
        s[threadIdx.x] = x[i + threadIdx.x];
        auto token = bar.arrive();
        bar.wait(std::move(token));
        y[i + threadIdx.x] = s[255 - threadIdx.x];
        bar.arrive_and_wait();
    }
}
extern "C" __global__ void memcpy_async_barrier(const float* x, float* y, int n) {
    __shared__ cuda::barrier<cuda::thread_scope_block> bar;
    __shared__ alignas(16) float s[1024];
    auto b = cg::this_thread_block();
    if (b.thread_rank() == 0) init(&bar, blockDim.x);
    b.sync();
    cuda::memcpy_async(b, s, x + blockIdx.x * 1024, cuda::aligned_size_t<16>(4096), bar);
    bar.arrive_and_wait();
    for (int i = threadIdx.x; i < 1024; i += blockDim.x) y[blockIdx.x * 1024 + i] = s[1023 - i];
}
extern "C" __global__ void pipeline2(const float* x, float* y, int n) {
    constexpr int stages = 2;
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, stages> state;
    __shared__ alignas(16) float s[stages][256];
    auto b = cg::this_thread_block();
    auto pipe = cuda::make_pipeline(b, &state);
    int tiles = n / 256;
    float acc = 0;
    for (int t = 0, f = 0; t < tiles; t++) {
        for (; f < tiles && f < t + stages; f++) {
            pipe.producer_acquire();
            cuda::memcpy_async(b, s[f % stages], x + f * 256, sizeof(float) * 256, pipe);
            pipe.producer_commit();
        }
        pipe.consumer_wait();
        acc += s[t % stages][255 - threadIdx.x];
        pipe.consumer_release();
    }
    y[threadIdx.x] = acc;
}
extern "C" __global__ void pipeline_thread(const float* x, float* y, int n) {
    __shared__ alignas(16) float4 s[2][64];
    cuda::pipeline<cuda::thread_scope_thread> pipe = cuda::make_pipeline();
    pipe.producer_acquire();
    cuda::memcpy_async(&s[0][threadIdx.x], (const float4*)x + threadIdx.x, cuda::aligned_size_t<16>(16), pipe);
    pipe.producer_commit();
    cuda::pipeline_consumer_wait_prior<0>(pipe);
    float4 v = s[0][threadIdx.x];
    pipe.consumer_release();
    ((float4*)y)[threadIdx.x] = make_float4(v.w, v.z, v.y, v.x);
}
extern "C" __global__ void cg_async(const float* x, float* y) {
    __shared__ alignas(16) float s[512];
    auto b = cg::this_thread_block();
    cg::memcpy_async(b, s, x, sizeof(float) * 512);
    cg::wait(b);
    auto tile = cg::tiled_partition<32>(b);
    float v = 0;
    for (int i = threadIdx.x; i < 512; i += blockDim.x) v += s[i];
    float sum = cg::reduce(tile, v, cg::plus<float>());
    int c = cg::inclusive_scan(tile, (int)threadIdx.x);
    if (v > 0) { auto g = cg::coalesced_threads(); v = g.shfl(v, 0) + g.size(); }
    y[threadIdx.x] = sum + c + v;
}
