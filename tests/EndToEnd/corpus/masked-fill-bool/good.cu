/*launch-plan
{
  "launches": [
    { "kernel": "masked_fill", "grid": ["ceil_div(mask.numel, 256)", "scores.shape[0]"], "block": [256], "args": ["scores", "mask", "out", "mask.numel"] }
  ]
}
*/
// bool tensors are bytes, 0 or 1; the mask is shared by all batches. Masked scores are minus infinity.
extern "C" __global__ void masked_fill(const float* __restrict__ scores, const unsigned char* __restrict__ mask, float* __restrict__ out, int n) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        size_t at = (size_t)blockIdx.y * n + i;
        out[at] = mask[i] ? __int_as_float(0xff800000) : scores[at];
    }
}
