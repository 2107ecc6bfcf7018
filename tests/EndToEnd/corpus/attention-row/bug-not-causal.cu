/*launch-plan
{
  "launches": [
    { "kernel": "attend", "grid": ["q.shape[1]", "q.shape[0]"], "block": [64], "shared_bytes": "(q.shape[1] + q.shape[2]) * 4",
      "args": ["q", "k", "v", "out", "q.shape[1]", "q.shape[2]", "rsqrt(q.shape[2])"] }
  ]
}
*/
// Causal attention, one block for each query: its scores in shared memory, softmax over them, then the weighted sum of v.
extern "C" __global__ void attend(const float* __restrict__ q, const float* __restrict__ k, const float* __restrict__ v, float* __restrict__ out,
                                  int length, int dim, float scale) {
    extern __shared__ float memory[];
    float* scores = memory;
    float* query = memory + length;
    int at = blockIdx.x;
    int seen = length;
    const float* ks = k + (size_t)blockIdx.y * length * dim;
    const float* vs = v + (size_t)blockIdx.y * length * dim;
    size_t mine = ((size_t)blockIdx.y * length + at) * dim;
    for (int d = threadIdx.x; d < dim; d += 64) {
        query[d] = q[mine + d] * scale;
    }
    __syncthreads();
    for (int j = threadIdx.x; j < seen; j += 64) {
        float dot = 0.0f;
        for (int d = 0; d < dim; ++d) {
            dot += query[d] * ks[j * dim + d];
        }
        scores[j] = dot;
    }
    __syncthreads();
    float top = scores[0];
    for (int j = 1; j < seen; ++j) {
        top = fmaxf(top, scores[j]);
    }
    for (int d = threadIdx.x; d < dim; d += 64) {
        float sum = 0.0f;
        float mix = 0.0f;
        for (int j = 0; j < seen; ++j) {
            float w = expf(scores[j] - top);
            sum += w;
            mix += w * vs[j * dim + d];
        }
        out[mine + d] = mix / sum;
    }
}
