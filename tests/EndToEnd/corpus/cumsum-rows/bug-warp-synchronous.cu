/*launch-plan
{
  "launches": [
    { "kernel": "cumsum", "grid": ["x.shape[0]"], "block": [32], "args": ["x", "out", "x.shape[1]"] }
  ]
}
*/
// One warp a row, 64 columns a round: a Blelloch scan in shared memory without shuffles. The steps of a warp are ordered
// by __syncwarp, because lanes of a warp need not run in step.
extern "C" __global__ void cumsum(const float* __restrict__ x, float* __restrict__ out, int cols) {
    __shared__ float s[64];
    const float* from = x + (size_t)blockIdx.x * cols;
    float* to = out + (size_t)blockIdx.x * cols;
    int lane = threadIdx.x;
    float carry = 0.0f;
    for (int start = 0; start < cols; start += 64) {
        int left = start + 2 * lane;
        s[2 * lane] = left < cols ? from[left] : 0.0f;
        s[2 * lane + 1] = left + 1 < cols ? from[left + 1] : 0.0f;
        __syncwarp();
        for (int d = 1; d < 64; d *= 2) {
            int i = (lane + 1) * 2 * d - 1;
            if (i < 64) {
                s[i] += s[i - d];
            }
        }
        for (int d = 32; d > 1; d /= 2) {
            int i = (lane + 1) * d + d / 2 - 1;
            if (i < 64) {
                s[i] += s[i - d / 2];
            }
            __syncwarp();
        }
        if (left < cols) {
            to[left] = carry + s[2 * lane];
        }
        if (left + 1 < cols) {
            to[left + 1] = carry + s[2 * lane + 1];
        }
        carry += s[63];
        __syncwarp();
    }
}
