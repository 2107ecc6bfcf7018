// Mamba's selective scan: state of sixteen a channel in registers, softplus of the step, chunks loaded by cuda::memcpy_async into a pipeline of two.
#include <cooperative_groups.h>
#include <cuda/pipeline>
namespace cg = cooperative_groups;

extern "C" __global__ void __launch_bounds__(64) selective_scan(const float* __restrict__ u, const float* __restrict__ delta, const float* __restrict__ a, const float* __restrict__ b, const float* __restrict__ c,
                                                                const float* __restrict__ d, float* __restrict__ y, int length, int channels) {
    constexpr int N = 16, CHUNK = 8;
    __shared__ __align__(16) float bs[2][CHUNK * N], cs[2][CHUNK * N];
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
    auto block = cg::this_thread_block();
    auto pipe = cuda::make_pipeline(block, &state);
    const int channel = blockIdx.x * 64 + threadIdx.x;
    const size_t batch = blockIdx.y;
    float h[N] = {}, rate[N];
    for (int i = 0; i < N; i++) rate[i] = channel < channels ? -__expf(a[channel * N + i]) : 0;
    const float skip = channel < channels ? d[channel] : 0;
    auto fetch = [&](int chunk) {
        pipe.producer_acquire();
        const int steps = min(CHUNK, length - chunk * CHUNK);
        cuda::memcpy_async(block, bs[chunk & 1], b + (batch * length + chunk * CHUNK) * N, cuda::aligned_size_t<16>(steps * N * sizeof(float)), pipe);
        cuda::memcpy_async(block, cs[chunk & 1], c + (batch * length + chunk * CHUNK) * N, cuda::aligned_size_t<16>(steps * N * sizeof(float)), pipe);
        pipe.producer_commit();
    };
    const int chunks = (length + CHUNK - 1) / CHUNK;
    fetch(0);
    for (int chunk = 0; chunk < chunks; chunk++) {
        if (chunk + 1 < chunks) fetch(chunk + 1);
        pipe.consumer_wait();
        const int steps = min(CHUNK, length - chunk * CHUNK);
        if (channel < channels) {
            for (int s = 0; s < steps; s++) {
                const size_t at = (batch * length + chunk * CHUNK + s) * channels + channel;
                const float raw = delta[at], step = raw > 20 ? raw : log1pf(expf(raw)), x = u[at];
                float out = skip * x;
#pragma unroll
                for (int i = 0; i < N; i++) {
                    h[i] = h[i] * __expf(step * rate[i]) + step * x * bs[chunk & 1][s * N + i];
                    out = fmaf(h[i], cs[chunk & 1][s * N + i], out);
                }
                y[at] = out / (1 + __expf(-out));
            }
        }
        pipe.consumer_release();
    }
}
