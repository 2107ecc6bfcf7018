/*launch-plan
{
  "launches": [
    { "kernel": "gelu", "grid": ["ceil_div(ceil_div(x.numel, 16), 256)"], "block": [256], "args": ["x", "out", "x.numel"] }
  ]
}
*/

// The first idea: each thread takes its own 16 neighbouring elements and walks over them.
// Right, but the 32 threads of a warp touch 32 places that lie 64 bytes apart, so one load moves 32 sectors instead of 4.

extern "C" __global__ void gelu(const float* x, float* out, long long n) {
    long long first = ((long long)blockIdx.x * 256 + threadIdx.x) * 16;
    for (int k = 0; k < 16; ++k) {
        long long i = first + k;
        if (i < n) {
            float v = x[i];
            out[i] = 0.5f * v * (1.0f + erff(v * 0.70710678f));
        }
    }
}
