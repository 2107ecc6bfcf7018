/*launch-plan
{
  "tunables": { "THREADS": [128, 64, 256] },
  "launches": [
    { "kernel": "softmax<THREADS>", "grid": ["x.shape[0]"], "block": ["THREADS"], "args": ["x", "out", "x.shape[1]"] }
  ]
}
*/
// Largest value and sum of exponentials in one walk (online softmax), the result in a second.
struct Running {
    float top, sum;
};

__device__ __forceinline__ Running join(Running a, Running b) {
    float top = fmaxf(a.top, b.top);
    return { top, a.sum * expf(a.top - top) + b.sum * expf(b.top - top) };
}

template <int WIDTH>
__global__ void softmax(const float* __restrict__ x, float* __restrict__ out, int dim) {
    __shared__ Running parts[WIDTH / 32];
    const float* row = x + (size_t)blockIdx.x * dim;
    Running mine = { -3.402823466e38f, 0.0f };
    for (int c = threadIdx.x; c < dim; c += WIDTH) {
        float v = row[c];
        float top = fmaxf(mine.top, v);
        mine.sum = mine.sum * expf(mine.top - top) + expf(v - top);
        mine.top = top;
    }
    for (int o = 16; o > 0; o >>= 1) {
        Running other = { __shfl_xor_sync(0xffffffffu, mine.top, o), __shfl_xor_sync(0xffffffffu, mine.sum, o) };
        mine = join(mine, other);
    }
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = mine;
    }
    Running all = parts[0];
    for (int w = 1; w < WIDTH / 32; ++w) {
        all = join(all, parts[w]);
    }
    float scale = 1.0f / all.sum;
    for (int c = threadIdx.x; c < dim; c += WIDTH) {
        out[(size_t)blockIdx.x * dim + c] = expf(row[c] - all.top) * scale;
    }
}
