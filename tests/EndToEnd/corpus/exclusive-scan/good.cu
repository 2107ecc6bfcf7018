/*launch-plan
{
  "buffers": { "totals": { "dtype": "int64", "shape": ["ceil_div(x.numel, 256)"] } },
  "launches": [
    { "kernel": "scan_blocks", "grid": ["ceil_div(x.numel, 256)"], "block": [256], "args": ["x", "out", "totals", "x.numel"] },
    { "kernel": "scan_totals", "grid": [1], "block": [32], "args": ["totals", "totals.numel"] },
    { "kernel": "add_offsets", "grid": ["ceil_div(x.numel, 256)"], "block": [256], "args": ["totals", "out", "x.numel"] }
  ]
}
*/
// Exclusive prefix sum of 64-bit integers in three steps: inside blocks, over the blocks' totals, and the totals added.

// Hillis and Steele with two barriers a step.
extern "C" __global__ void scan_blocks(const long long* __restrict__ x, long long* __restrict__ out, long long* __restrict__ totals, int n) {
    __shared__ long long sums[256];
    int t = threadIdx.x;
    int i = blockIdx.x * 256 + t;
    long long mine = i < n ? x[i] : 0;
    sums[t] = mine;
    __syncthreads();
    for (int d = 1; d < 256; d *= 2) {
        long long left = t >= d ? sums[t - d] : 0;
        __syncthreads();
        sums[t] += left;
        __syncthreads();
    }
    if (i < n) {
        out[i] = sums[t] - mine;
    }
    if (t == 255) {
        totals[blockIdx.x] = sums[t];
    }
}

// One warp, 32 totals a round, the carry in every lane; totals become exclusive.
extern "C" __global__ void scan_totals(long long* totals, int count) {
    int lane = threadIdx.x;
    long long carry = 0;
    for (int start = 0; start < count; start += 32) {
        int i = start + lane;
        long long mine = i < count ? totals[i] : 0;
        long long sum = mine;
        for (int d = 1; d < 32; d *= 2) {
            long long left = __shfl_up_sync(0xffffffffu, sum, d);
            if (lane >= d) {
                sum += left;
            }
        }
        if (i < count) {
            totals[i] = carry + sum - mine;
        }
        carry += __shfl_sync(0xffffffffu, sum, 31);
    }
}

extern "C" __global__ void add_offsets(const long long* __restrict__ totals, long long* __restrict__ out, int n) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        out[i] += totals[blockIdx.x];
    }
}
