/*launch-plan
{
  "tunables": { "ROWS": [20, 8] },
  "defines": {
    "HEIGHT": "x.shape[2]", "WIDTH": "x.shape[3]", "OUT_HEIGHT": "target_size[0]", "OUT_WIDTH": "target_size[1]",
    "VEC": "4 if OUT_WIDTH % 4 == 0 else 1",
    "GROUPS": "OUT_WIDTH // VEC",
    "TILES": "ceil_div(OUT_HEIGHT, ROWS)"
  },
  "launches": [
    { "kernel": "resize", "grid": ["ceil_div(x.shape[0] * x.shape[1] * TILES * GROUPS, 256)"], "block": [256],
      "args": ["x", "out", "x.shape[0] * x.shape[1] * TILES * GROUPS"] }
  ]
}
*/

// Bilinear interpolation to any size. Four times as much is written as read, so stores are 16 bytes wide (VEC is 1 where
// rows do not start on 16-byte boundaries) and everything else is kept small:
//  * A thread takes VEC neighbouring columns and walks down ROWS output rows: the columns' positions are found once.
//  * It keeps the two input rows that it is between, already mixed along x, in registers, and fetches a row only when the
//    walk comes to one: going up in size, each input row is fetched once for all output rows that need it.
//  * Shapes are compile-time constants (`defines`): no divisions, and the scale is a constant.

struct Group { float v[VEC]; };

__device__ __forceinline__ Group mixed_row(const float* __restrict__ row, const int (&left)[VEC], const int (&right)[VEC], const float (&part)[VEC]) {
    float a[VEC], b[VEC];
    Group g;
    #pragma unroll
    for (int k = 0; k < VEC; ++k) { a[k] = row[left[k]]; b[k] = row[right[k]]; }
    #pragma unroll
    for (int k = 0; k < VEC; ++k) g.v[k] = a[k] + (b[k] - a[k]) * part[k];
    return g;
}

extern "C" __global__ void __launch_bounds__(256) resize(const float* __restrict__ x, float* __restrict__ out, int tasks) {
    const int task = blockIdx.x * 256 + threadIdx.x;
    if (task >= tasks) return;
    const int column = task % GROUPS * VEC, row0 = task / GROUPS % TILES * ROWS, plane = task / GROUPS / TILES;
    const float* image = x + (long long)plane * (HEIGHT * WIDTH);
    float* to = out + (long long)plane * (OUT_HEIGHT * OUT_WIDTH) + column;

    int left[VEC], right[VEC];
    float part[VEC];
    #pragma unroll
    for (int k = 0; k < VEC; ++k) {
        const float at = fmaxf((column + k + 0.5f) * ((float)WIDTH / OUT_WIDTH) - 0.5f, 0.0f);
        left[k] = min((int)at, WIDTH - 1);
        right[k] = min(left[k] + 1, WIDTH - 1);
        part[k] = at - left[k];
    }

    Group upper, lower;
    int have = -2;                                            // the input row in `upper`; the one below it is in `lower`
    #pragma unroll
    for (int r = row0; r < row0 + ROWS; ++r) {
        if (r >= OUT_HEIGHT) break;
        const float at = fmaxf((r + 0.5f) * ((float)HEIGHT / OUT_HEIGHT) - 0.5f, 0.0f);
        const int y = min((int)at, HEIGHT - 1);
        if (y != have) {
            upper = y == have + 1 ? lower : mixed_row(image + y * WIDTH, left, right, part);
            lower = mixed_row(image + min(y + 1, HEIGHT - 1) * WIDTH, left, right, part);
            have = y;
        }
        float v[VEC];
        #pragma unroll
        for (int k = 0; k < VEC; ++k) v[k] = upper.v[k] + (lower.v[k] - upper.v[k]) * (at - y);
#if VEC == 4
        __stcs(reinterpret_cast<float4*>(to + r * OUT_WIDTH), make_float4(v[0], v[1], v[2], v[3]));
#else
        __stcs(to + r * OUT_WIDTH, v[0]);
#endif
    }
}
