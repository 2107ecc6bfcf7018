/*launch-plan
{
  "defines": { "TAPS": "init.taps" },
  "launches": [
    { "kernel": "causal_conv", "grid": ["ceil_div(x.shape[2], 128)", "x.shape[0] * x.shape[1]"], "block": [32],
      "args": ["x", "conv.weight", "conv.bias", "out", "x.shape[1]", "x.shape[2]"] }
  ]
}
*/
// Causal convolution of each channel by itself: out[t] = bias + sum over k of weight[k] * x[t - (TAPS - 1) + k].
// A thread walks over four positions and keeps the last TAPS inputs in a local ring, indexed at run time.
__device__ __noinline__ float tap_sum(const float* ring, int oldest, const float* __restrict__ weight) {
    float sum = 0.0f;
    #pragma unroll 1
    for (int k = 0; k < TAPS; ++k) {
        sum += weight[k] * ring[(oldest + k) % TAPS];
    }
    return sum;
}

extern "C" __global__ void causal_conv(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                       float* __restrict__ out, int channels, int length) {
    int channel = blockIdx.y % channels;
    const float* from = x + (size_t)blockIdx.y * length;
    float* to = out + (size_t)blockIdx.y * length;
    int first = blockIdx.x * 128 + threadIdx.x * 4;
    float ring[TAPS];
    for (int k = 0; k < TAPS - 1; ++k) {
        int t = first - (TAPS - 1) + k;
        ring[k] = t >= 0 && t < length ? from[t] : 0.0f;
    }
    int newest = TAPS - 1;
    for (int t = first; t < min(first + 4, length); ++t) {
        ring[newest] = from[t];
        newest = (newest + 1) % TAPS;
        to[t] = bias[channel] + tap_sum(ring, newest, weight + channel * TAPS);
    }
}
