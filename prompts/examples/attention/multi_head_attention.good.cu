/*launch-plan
{
  "buffers": {
    "qkv":   { "dtype": "float32", "shape": ["x.shape[0] * TOKENS", "3 * MODEL"] },
    "mixed": { "dtype": "float32", "shape": ["x.shape[0] * TOKENS", "MODEL"] }
  },
  "defines": {
    "TOKENS": "x.shape[1]", "MODEL": "init.d_model", "HEADS": "init.num_heads", "WIDTH": "MODEL // HEADS",
    "SCALE": "1.4426950408889634 / sqrt(WIDTH)",
    "PARTS": "ceil_div(WIDTH, 64)",
    "VEC": "4 if WIDTH % 4 == 0 else 1"
  },
  "launches": [
    { "kernel": "linear", "grid": ["ceil_div(3 * MODEL, 64)", "ceil_div(x.shape[0] * TOKENS, 128)"], "block": [128],
      "args": ["x", "mha.in_proj_weight", "mha.in_proj_bias", "qkv", "x.shape[0] * TOKENS", "3 * MODEL", "MODEL"] },
    { "kernel": "attention", "grid": ["ceil_div(TOKENS, 64)", "HEADS", "x.shape[0]"], "block": [128],
      "shared_bytes": "4 * (WIDTH * 68 + max(WIDTH, 64) * 68 + 64 * 64 * PARTS)", "args": ["qkv", "mixed"] },
    { "kernel": "linear", "grid": ["ceil_div(MODEL, 64)", "ceil_div(x.shape[0] * TOKENS, 128)"], "block": [128],
      "args": ["mixed", "mha.out_proj.weight", "mha.out_proj.bias", "out", "x.shape[0] * TOKENS", "MODEL", "MODEL"] }
  ]
}
*/

// Multi-head attention in three launches; scores never go to memory. `linear` does both projections as a tiled product.
// `attention` (online softmax): a block has 64 queries of one head and walks over the keys, 64 at a time. Each query keeps
// the largest score so far, the sum of exp(score - largest) and its mixed values, and rescales both when a larger score
// turns up. Both products run from shared memory with 8 x 4 results a thread in registers; queries, keys and weights lie
// transposed there, so that a thread reads its operands 16 bytes at a time. Scores are scaled by log2(e) as well, for exp2f.
// VEC is 4 where every row and head starts on a 16-byte boundary (head width divisible by 4), else 1.

#define LOWEST (-3.402823466e38f)           /* not -infinity: LOWEST - LOWEST is 0, not NaN */

// Four neighbours, of which the first `left` are there; zeros for the others.
__device__ __forceinline__ float4 load4(const float* __restrict__ p, int left) {
#if VEC == 4
    return left > 0 ? *reinterpret_cast<const float4*>(p) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#else
    return make_float4(left > 0 ? p[0] : 0.0f, left > 1 ? p[1] : 0.0f, left > 2 ? p[2] : 0.0f, left > 3 ? p[3] : 0.0f);
#endif
}

__device__ __forceinline__ void store4(float* __restrict__ p, int left, float4 v) {
#if VEC == 4
    if (left > 0) *reinterpret_cast<float4*>(p) = v;
#else
    if (left > 0) p[0] = v.x;
    if (left > 1) p[1] = v.y;
    if (left > 2) p[2] = v.z;
    if (left > 3) p[3] = v.w;
#endif
}

__device__ __forceinline__ void read4(float* to, const float* from) { *reinterpret_cast<float4*>(to) = *reinterpret_cast<const float4*>(from); }

__device__ __forceinline__ void put_column(float* p, int stride, float4 v) {
    p[0] = v.x;
    p[stride] = v.y;
    p[2 * stride] = v.z;
    p[3 * stride] = v.w;
}

// out[rows, columns] = x[rows, k] * weight[columns, k]^T + bias. A block makes 128 x 64, a thread 8 x 8; two buffers in turn.
extern "C" __global__ void __launch_bounds__(128, 4) linear(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                                            float* __restrict__ out, int rows, int columns, int k) {
    __shared__ __align__(16) float xs[2][8][128 + 4], ws[2][8][64 + 4];
    const int row0 = blockIdx.y * 128, column0 = blockIdx.x * 64;
    const int tx = threadIdx.x % 8, ty = threadIdx.x / 8, line = threadIdx.x / 2, part = threadIdx.x % 2 * 4;

    float4 x_next[2], w_next;
    auto fetch = [&](int k0) {                                           // zeros outside and after the last step
        #pragma unroll
        for (int h = 0; h < 2; ++h) {
            const int row = row0 + h * 64 + line;
            x_next[h] = load4(x + (long long)row * k + k0 + part, row < rows ? k - k0 - part : 0);
        }
        w_next = load4(weight + (long long)(column0 + line) * k + k0 + part, column0 + line < columns ? k - k0 - part : 0);
    };

    float sum[8][8] = {};
    fetch(0);
    for (int k0 = 0, now = 0; k0 < k; k0 += 8, now ^= 1) {
        put_column(&xs[now][part][line], 128 + 4, x_next[0]);
        put_column(&xs[now][part][64 + line], 128 + 4, x_next[1]);
        put_column(&ws[now][part][line], 64 + 4, w_next);
        __syncthreads();                                                 // the other buffer is free once all are here
        fetch(k0 + 8);
        #pragma unroll
        for (int i = 0; i < 8; ++i) {
            float a[8], b[8];
            read4(a, &xs[now][i][ty * 4]);
            read4(a + 4, &xs[now][i][64 + ty * 4]);
            read4(b, &ws[now][i][tx * 4]);
            read4(b + 4, &ws[now][i][32 + tx * 4]);
            #pragma unroll
            for (int r = 0; r < 8; ++r) {
                #pragma unroll
                for (int c = 0; c < 8; ++c) sum[r][c] += a[r] * b[c];
            }
        }
    }

    #pragma unroll
    for (int c = 0; c < 8; c += 4) {
        const int column = column0 + c * 8 + tx * 4;
        const float4 b = load4(bias + column, columns - column);
        #pragma unroll
        for (int r = 0; r < 8; ++r) {
            const int row = row0 + r / 4 * 64 + ty * 4 + r % 4;
            store4(out + (long long)row * columns + column, row < rows ? columns - column : 0,
                   make_float4(sum[r][c] + b.x, sum[r][c + 1] + b.y, sum[r][c + 2] + b.z, sum[r][c + 3] + b.w));
        }
    }
}

// A tile of 64 rows of one head into shared memory as tile[d][row], times `scale`. Lanes take neighbouring rows: the other
// half of each sector is fetched next, from the L1 cache, and the stores have no bank conflicts.
__device__ __forceinline__ void load_transposed(float* tile, const float* __restrict__ from, int rows, float scale) {
    for (int i = threadIdx.x; i < 64 * ((WIDTH + 3) / 4); i += 128) {
        const int row = i % 64, d = i / 64 * 4;
        const float4 v = load4(from + (long long)row * (3 * MODEL) + d, row < rows ? WIDTH - d : 0);
        tile[d * 68 + row] = v.x * scale;
        if (d + 1 < WIDTH) tile[(d + 1) * 68 + row] = v.y * scale;
        if (d + 2 < WIDTH) tile[(d + 2) * 68 + row] = v.z * scale;
        if (d + 3 < WIDTH) tile[(d + 3) * 68 + row] = v.w * scale;
    }
}

extern "C" __global__ void __launch_bounds__(128) attention(const float* __restrict__ qkv, float* __restrict__ mixed) {
    extern __shared__ __align__(16) float shared[];
    float* qs = shared;                                                  // [WIDTH][68]: queries
    float* ks = qs + WIDTH * 68;                                         // [WIDTH][68]: keys, then [64][68]: weights by key
    float* vs = ks + (WIDTH > 64 ? WIDTH : 64) * 68;                     // [64][64 * PARTS]: values
    const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;              // 8 queries from ty * 8 on; 4 keys, or columns, from tx * 4 on
    const int query0 = blockIdx.x * 64;
    const float* base = qkv + (long long)blockIdx.z * TOKENS * (3 * MODEL) + blockIdx.y * WIDTH;

    load_transposed(qs, base + (long long)query0 * (3 * MODEL), TOKENS - query0, (float)SCALE);

    float top[8], sum[8] = {}, mix[8][PARTS][4] = {};                    // `sum`: this thread's share, its own keys
    #pragma unroll
    for (int r = 0; r < 8; ++r) top[r] = LOWEST;

    for (int key0 = 0; key0 < TOKENS; key0 += 64) {
        const float* keys = base + (long long)key0 * (3 * MODEL) + MODEL;
        __syncthreads();                                                 // the last tile's weights and values are done with
        load_transposed(ks, keys, TOKENS - key0, 1.0f);
        for (int i = threadIdx.x; i < 64 * 16 * PARTS; i += 128) {
            const int row = i / (16 * PARTS), column = i % (16 * PARTS) * 4;
            *reinterpret_cast<float4*>(vs + i * 4) = load4(keys + MODEL + (long long)row * (3 * MODEL) + column, key0 + row < TOKENS ? WIDTH - column : 0);
        }
        __syncthreads();

        float score[8][4] = {};
        #pragma unroll 8
        for (int d = 0; d < WIDTH; ++d) {
            float a[8], b[4];
            read4(a, qs + d * 68 + ty * 8);
            read4(a + 4, qs + d * 68 + ty * 8 + 4);
            read4(b, ks + d * 68 + tx * 4);
            #pragma unroll
            for (int r = 0; r < 8; ++r) {
                #pragma unroll
                for (int c = 0; c < 4; ++c) score[r][c] += a[r] * b[c];
            }
        }

        #pragma unroll
        for (int r = 0; r < 8; ++r) {
            float larger = top[r];
            #pragma unroll
            for (int c = 0; c < 4; ++c) {
                if (key0 + tx * 4 + c >= TOKENS) score[r][c] = LOWEST;
                larger = fmaxf(larger, score[r][c]);
            }
            #pragma unroll
            for (int distance = 8; distance > 0; distance /= 2) larger = fmaxf(larger, __shfl_xor_sync(0xffffffffu, larger, distance));
            const float rescale = exp2f(top[r] - larger);
            top[r] = larger;
            sum[r] *= rescale;
            #pragma unroll
            for (int c = 0; c < 4; ++c) {
                score[r][c] = exp2f(score[r][c] - larger);
                sum[r] += score[r][c];
                #pragma unroll
                for (int part = 0; part < PARTS; ++part) mix[r][part][c] *= rescale;
            }
        }

        __syncthreads();                                                 // all have read the keys: their place is free
        #pragma unroll
        for (int c = 0; c < 4; ++c) {
            #pragma unroll
            for (int r = 0; r < 8; r += 4) {
                *reinterpret_cast<float4*>(ks + (tx * 4 + c) * 68 + ty * 8 + r) = make_float4(score[r][c], score[r + 1][c], score[r + 2][c], score[r + 3][c]);
            }
        }
        __syncthreads();

        #pragma unroll 8
        for (int key = 0; key < 64; ++key) {
            float a[8], b[4];
            read4(a, ks + key * 68 + ty * 8);
            read4(a + 4, ks + key * 68 + ty * 8 + 4);
            #pragma unroll
            for (int part = 0; part < PARTS; ++part) {
                read4(b, vs + (key * PARTS + part) * 64 + tx * 4);
                #pragma unroll
                for (int r = 0; r < 8; ++r) {
                    #pragma unroll
                    for (int c = 0; c < 4; ++c) mix[r][part][c] += a[r] * b[c];
                }
            }
        }
    }

    #pragma unroll
    for (int r = 0; r < 8; ++r) {
        #pragma unroll
        for (int distance = 8; distance > 0; distance /= 2) sum[r] += __shfl_xor_sync(0xffffffffu, sum[r], distance);
        const int query = query0 + ty * 8 + r;
        float* to = mixed + ((long long)blockIdx.z * TOKENS + query) * MODEL + blockIdx.y * WIDTH;
        const float part_of = 1.0f / sum[r];
        #pragma unroll
        for (int part = 0; part < PARTS; ++part) {
            const float* m = mix[r][part];
            store4(to + part * 64 + tx * 4, query < TOKENS ? WIDTH - part * 64 - tx * 4 : 0,
                   make_float4(m[0] * part_of, m[1] * part_of, m[2] * part_of, m[3] * part_of));
        }
    }
}
