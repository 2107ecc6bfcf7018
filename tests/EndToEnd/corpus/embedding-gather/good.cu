/*launch-plan
{
  "launches": [
    { "kernel": "gather", "grid": ["ceil_div(indices.numel, 4)"], "block": [32, 4],
      "args": ["indices", "embedding.weight", "out", "indices.numel", "embedding.weight.shape[0]", "embedding.weight.shape[1]"] }
  ]
}
*/
// One warp copies one row of the table. A bad index stops the kernel instead of reading elsewhere.
extern "C" __global__ void gather(const long long* __restrict__ indices, const float* __restrict__ table, float* __restrict__ out,
                                  int tokens, int words, int dim) {
    int token = blockIdx.x * 4 + threadIdx.y;
    if (token >= tokens) return;
    long long word = indices[token];
    if (word < 0 || word >= words) {
        __trap();
    }
    for (int c = threadIdx.x; c < dim; c += 32) {
        out[(size_t)token * dim + c] = table[word * dim + c];
    }
}
