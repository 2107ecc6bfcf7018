/*launch-plan
{
  "defines": { "PLANE": "x.shape[2] * x.shape[3]", "CHANNELS": "x.shape[1] // init.groups" },
  "launches": [
    { "kernel": "group_norm", "grid": ["init.groups", "x.shape[0]"], "block": [128], "args": ["x", "norm.weight", "norm.bias", "out", 1e-5] }
  ]
}
*/
// One block for each group of each image; Welford's update in every thread, Chan's formula between threads.
struct Moments {
    float count, mean, squares;
};

__device__ Moments join(Moments a, Moments b) {
    float count = a.count + b.count;
    if (count == 0.0f) return a;
    float d = b.mean - a.mean;
    return { count, a.mean + d * b.count / count, a.squares + b.squares + d * d * a.count * b.count / count };
}

extern "C" __global__ void group_norm(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                      float* __restrict__ out, float eps) {
    __shared__ Moments parts[4];
    const int n = CHANNELS * PLANE;
    const size_t start = ((size_t)blockIdx.y * gridDim.x + blockIdx.x) * n;
    Moments mine = { 0.0f, 0.0f, 0.0f };
    for (int i = threadIdx.x; i < n; i += 128) {
        float v = x[start + i];
        mine.count += 1.0f;
        float d = v - mine.mean;
        mine.mean += d / mine.count;
        mine.squares += d * (v - mine.mean);
    }
    for (int o = 16; o > 0; o >>= 1) {
        Moments other;
        other.count = __shfl_down_sync(0xffffffffu, mine.count, o);
        other.mean = __shfl_down_sync(0xffffffffu, mine.mean, o);
        other.squares = __shfl_down_sync(0xffffffffu, mine.squares, o);
        mine = join(mine, other);
    }
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = mine;
    }
    __syncthreads();
    Moments all = join(join(parts[0], parts[1]), join(parts[2], parts[3]));
    float scale = rsqrtf(all.squares / n + eps);
    for (int i = threadIdx.x; i < n; i += 128) {
        int channel = blockIdx.x * CHANNELS + i / PLANE;
        out[start + i] = (x[start + i] - all.mean) * scale * weight[channel] + bias[channel];
    }
}
