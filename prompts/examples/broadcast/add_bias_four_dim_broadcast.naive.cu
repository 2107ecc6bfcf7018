/*launch-plan
{
  "launches": [
    { "kernel": "add_bias", "grid": ["ceil_div(x.numel, 256)"], "block": [256],
      "args": ["x", "bias", "out", "x.numel", "x.shape[1]", "x.shape[2] * x.shape[3]"] }
  ]
}
*/

// One thread for each element, which works out its channel from its place.
// Right, but 4 bytes a thread keep little of DRAM's bandwidth busy, and two 64-bit divisions an element cost more than the addition.

extern "C" __global__ void add_bias(const float* x, const float* bias, float* out, long long n, long long channels, long long plane) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        out[i] = x[i] + bias[i / plane % channels];
    }
}
