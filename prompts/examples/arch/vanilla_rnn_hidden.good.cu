/*launch-plan
{
  "buffers": {
    "from_x": { "dtype": "float32", "shape": ["STEPS * BATCH", "HIDDEN"] },
    "states": { "dtype": "float32", "shape": ["STEPS * BATCH", "HIDDEN"] }
  },
  "defines": {
    "CLUSTER": 8,
    "STEPS": "x.shape[0]", "BATCH": "x.shape[1]", "INPUTS": "x.shape[2]", "HIDDEN": "h0.shape[1]", "OUTPUTS": "out.shape[2]",
    "WARPS": "ceil_div(HIDDEN, 4 * CLUSTER)",
    "PARTS": "ceil_div(HIDDEN, 128)",
    "VEC": "4 if INPUTS % 4 == 0 and HIDDEN % 4 == 0 and OUTPUTS % 4 == 0 else 1"
  },
  "launches": [
    { "kernel": "linear", "grid": ["ceil_div(HIDDEN, 32)", "ceil_div(STEPS * BATCH, 64)"], "block": [64],
      "args": ["x", "i2h.weight", "i2h.bias", "from_x", "STEPS * BATCH", "HIDDEN", "INPUTS", "INPUTS + HIDDEN"] },
    { "kernel": "recur", "grid": ["CLUSTER", "BATCH"], "cluster": ["CLUSTER"], "block": ["32 * WARPS"],
      "args": ["from_x", "at(i2h.weight, INPUTS)", "h0", "states"] },
    { "kernel": "linear", "grid": ["ceil_div(OUTPUTS, 32)", "ceil_div(STEPS * BATCH, 64)"], "block": [64],
      "args": ["states", "h2o.weight", "h2o.bias", "out", "STEPS * BATCH", "OUTPUTS", "HIDDEN", "HIDDEN"] }
  ]
}
*/

// h[t] = tanh(Wx x[t] + Wh h[t - 1] + b), out[t] = Wo h[t] + c, in three launches instead of some for each step: what does not
// wait for the step before, Wx x + b and Wo h + c, is one product each over all steps (`linear`, tiled); `recur` is the rest.
// There each sample has a cluster of 8 blocks (needs sm_90) that walks through all steps. Wh stays in registers: a warp has 4
// units, a lane its share of their rows. The state lies whole in each block's shared memory; a lane writes its unit's new
// value to one block of the cluster, so that all have it after one cluster barrier a step. Two states take turns.
// VEC is 4 where all rows start on 16-byte boundaries, else 1.

#include <cooperative_groups.h>

// Four neighbours, of which the first `left` are there; zeros for the others.
__device__ __forceinline__ float4 load4(const float* __restrict__ p, int left) {
#if VEC == 4
    return left > 0 ? *reinterpret_cast<const float4*>(p) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#else
    return make_float4(left > 0 ? p[0] : 0.0f, left > 1 ? p[1] : 0.0f, left > 2 ? p[2] : 0.0f, left > 3 ? p[3] : 0.0f);
#endif
}

__device__ __forceinline__ void read4(float* to, const float* from) { *reinterpret_cast<float4*>(to) = *reinterpret_cast<const float4*>(from); }

// out[rows, columns] = x[rows, k] * weight[columns, k]^T + bias; a row of `weight` has `stride` elements. A block makes 64 x 32,
// a thread 8 x 4, in steps of 16 along k: both tiles transposed in shared memory, the next step on its way in registers.
extern "C" __global__ void __launch_bounds__(64) linear(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                                        float* __restrict__ out, int rows, int columns, int k, int stride) {
    __shared__ __align__(16) float xs[2][16][64 + 4], ws[2][16][32 + 4];
    const int row0 = blockIdx.y * 64, column0 = blockIdx.x * 32;
    const int tx = threadIdx.x % 8, ty = threadIdx.x / 8, line = threadIdx.x / 2, part = threadIdx.x % 2 * 4;

    float4 x_next[2][2], w_next[2];
    auto fetch = [&](int k0) {                                           // zeros outside and after the last step
        #pragma unroll
        for (int h = 0; h < 2; ++h) {
            const int at = k0 + h * 8 + part;
            #pragma unroll
            for (int i = 0; i < 2; ++i) {
                const int row = row0 + i * 32 + line;
                x_next[i][h] = load4(x + (long long)row * k + at, row < rows ? k - at : 0);
            }
            w_next[h] = load4(weight + (long long)(column0 + line) * stride + at, column0 + line < columns ? k - at : 0);
        }
    };
    auto put = [](float* p, int next, float4 v) { p[0] = v.x; p[next] = v.y; p[2 * next] = v.z; p[3 * next] = v.w; };

    float sum[8][4] = {};
    fetch(0);
    for (int k0 = 0, now = 0; k0 < k; k0 += 16, now ^= 1) {
        #pragma unroll
        for (int h = 0; h < 2; ++h) {
            put(&xs[now][h * 8 + part][line], 64 + 4, x_next[0][h]);
            put(&xs[now][h * 8 + part][32 + line], 64 + 4, x_next[1][h]);
            put(&ws[now][h * 8 + part][line], 32 + 4, w_next[h]);
        }
        __syncthreads();                                                 // the other buffer is free once all are here
        fetch(k0 + 16);
        #pragma unroll
        for (int i = 0; i < 16; ++i) {
            float a[8], b[4];
            read4(a, &xs[now][i][ty * 8]);
            read4(a + 4, &xs[now][i][ty * 8 + 4]);
            read4(b, &ws[now][i][tx * 4]);
            #pragma unroll
            for (int r = 0; r < 8; ++r) {
                #pragma unroll
                for (int c = 0; c < 4; ++c) sum[r][c] += a[r] * b[c];
            }
        }
    }

    const int column = column0 + tx * 4;
    const float4 b = load4(bias + column, columns - column);
    #pragma unroll
    for (int r = 0; r < 8; ++r) {
        const int row = row0 + ty * 8 + r;
        float* to = out + (long long)row * columns + column;
        const float v[4] = { sum[r][0] + b.x, sum[r][1] + b.y, sum[r][2] + b.z, sum[r][3] + b.w };
        if (row >= rows) break;
#if VEC == 4
        if (column < columns) *reinterpret_cast<float4*>(to) = make_float4(v[0], v[1], v[2], v[3]);
#else
        #pragma unroll
        for (int c = 0; c < 4; ++c) if (column + c < columns) to[c] = v[c];
#endif
    }
}

// `weight` is Wh: its rows begin behind those of Wx and are INPUTS + HIDDEN apart.
extern "C" __global__ void __launch_bounds__(32 * WARPS) recur(const float* __restrict__ from_x, const float* __restrict__ weight,
                                                               const float* __restrict__ h0, float* __restrict__ states) {
    __shared__ __align__(16) float state[2][PARTS * 128];                // padded with zeros
    auto cluster = cooperative_groups::this_cluster();
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, sample = blockIdx.y;
    const int unit0 = (cluster.block_rank() * WARPS + warp) * 4;         // of the warp's four
    const int unit = unit0 + lane / 8, peer = lane % CLUSTER;            // whose sum this lane ends up with; whom it tells

    float w[4][PARTS][4];
    #pragma unroll
    for (int u = 0; u < 4; ++u) {
        #pragma unroll
        for (int part = 0; part < PARTS; ++part) {
            #pragma unroll
            for (int j = 0; j < 4; ++j) {
                const int k = part * 128 + lane * 4 + j;
                w[u][part][j] = unit0 + u < HIDDEN && k < HIDDEN ? weight[(unit0 + u) * (INPUTS + HIDDEN) + k] : 0.0f;
            }
        }
    }
    for (int k = threadIdx.x; k < PARTS * 128; k += 32 * WARPS) {
        state[0][k] = k < HIDDEN ? h0[sample * HIDDEN + k] : 0.0f;
        state[1][k] = 0.0f;
    }
    float* told = cluster.map_shared_rank(&state[0][0], peer);
    float x_now = unit < HIDDEN ? from_x[sample * HIDDEN + unit] : 0.0f;
    cluster.sync();                                                      // nobody writes to a block that has not started

    for (int t = 0; t < STEPS; ++t) {
        const float x_next = unit < HIDDEN && t + 1 < STEPS ? from_x[((t + 1) * BATCH + sample) * HIDDEN + unit] : 0.0f;
        float sum[4] = {};
        #pragma unroll
        for (int part = 0; part < PARTS; ++part) {
            float h[4];
            read4(h, &state[t % 2][part * 128 + lane * 4]);
            #pragma unroll
            for (int u = 0; u < 4; ++u) {
                #pragma unroll
                for (int j = 0; j < 4; ++j) sum[u] += w[u][part][j] * h[j];
            }
        }

        // Four sums over 32 lanes by 6 shuffles instead of 20: half of the lanes keep two sums, then each quarter one.
        const bool high = lane & 16, odd = lane & 8;
        const float first  = (high ? sum[2] : sum[0]) + __shfl_xor_sync(0xffffffffu, high ? sum[0] : sum[2], 16);
        const float second = (high ? sum[3] : sum[1]) + __shfl_xor_sync(0xffffffffu, high ? sum[1] : sum[3], 16);
        float total = (odd ? second : first) + __shfl_xor_sync(0xffffffffu, odd ? first : second, 8);
        #pragma unroll
        for (int distance = 4; distance > 0; distance /= 2) total += __shfl_xor_sync(0xffffffffu, total, distance);

        const float value = tanhf(total + x_now);
        if (unit < HIDDEN) {
            told[(t + 1) % 2 * (PARTS * 128) + unit] = value;
            if (peer == 0) states[(t * BATCH + sample) * HIDDEN + unit] = value;
        }
        x_now = x_next;
        cluster.sync();                                                  // the new state is everywhere, the old one done with
    }
}
