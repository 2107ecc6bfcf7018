/*launch-plan
{
  "launches": [
    { "kernel": "mix", "grid": ["ceil_div(x.numel, 256)"], "block": [256], "args": ["x", "y", "out", "x.numel"] }
  ]
}
*/
// 32-bit integers throughout; >> of a negative number keeps its sign.
extern "C" __global__ void mix(const int* __restrict__ x, const int* __restrict__ y, int* __restrict__ out, int n) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        out[i] = ((x[i] ^ y[i]) & 0xfffffff) + (x[i] >> 3);
    }
}
