/*launch-plan
{
  "launches": [
    { "kernel": "copy", "grid": ["ceil_div(x.numel, 256)"], "block": [256], "args": ["x", "out", "x.numel"] },
    { "kernel": "index_add", "grid": ["ceil_div(values.numel, 256)"], "block": [256],
      "args": ["indices", "values", "out", "values.numel", "values.shape[1]"] }
  ]
}
*/

// out = x, then one atomic addition for each value.
// Right, but out makes another trip through memory, each of 33 million atomic additions pays for two 64-bit divisions, and
// their order, so their rounding, is another each time.

extern "C" __global__ void copy(const float* x, float* out, long long n) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) out[i] = x[i];
}

extern "C" __global__ void index_add(const long long* indices, const float* values, float* out, long long n, int columns) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        atomicAdd(&out[indices[i / columns] * columns + i % columns], values[i]);
    }
}
