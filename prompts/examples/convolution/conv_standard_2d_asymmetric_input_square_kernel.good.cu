/*launch-plan
{
  "buffers": { "packed": { "dtype": "float32", "shape": ["K * K * CHUNKS * 8", "ROUNDED"] } },
  "defines": {
    "CHANNELS": "x.shape[1]", "HEIGHT": "x.shape[2]", "WIDTH": "x.shape[3]",
    "FILTERS": "out.shape[1]", "OUT_WIDTH": "out.shape[3]", "PLANE": "out.shape[2] * out.shape[3]",
    "K": "init.kernel_size", "STRIDE": "init.stride", "PADDING": "init.padding", "DILATION": "init.dilation",
    "CHUNKS": "ceil_div(CHANNELS, 8)",
    "ROUNDED": "ceil_div(FILTERS, 128) * 128",
    "VEC": "4 if PLANE % 4 == 0 else 1"
  },
  "launches": [
    { "kernel": "pack", "grid": ["ceil_div(packed.numel, 256)"], "block": [256], "args": ["conv2d.weight", "packed", "packed.numel"] },
    { "kernel": "conv2d", "grid": ["ceil_div(x.shape[0] * PLANE, 128)", "ROUNDED // 128"], "block": [256],
      "args": ["x", "packed", "out", "x.shape[0] * PLANE"] }
  ]
}
*/

// Convolution as a matrix product that is never laid out: filters x pixels, summed over taps (places in the window) and
// channels. A block makes 128 filters x 128 pixels, a thread 8 x 8 of them in registers; each step multiplies 8 channels of
// one tap from shared memory while the next step is on its way in registers: two buffers, one barrier a step.
// Taps are the outer loop, so that within a step neighbouring lanes read neighbouring pixels of one channel and addresses
// need no division. A first, tiny launch turns the weights into packed[tap][channel][filter], padded with zeros, so that
// they are fetched 16 bytes a thread, without guards. Shapes are compile-time constants. Groups are not handled (1 here).

#define TILE 128
#define STEP 8
#define STEPS (K * K * CHUNKS)

extern "C" __global__ void __launch_bounds__(256) pack(const float* __restrict__ weight, float* __restrict__ packed, int n) {
    const int i = blockIdx.x * 256 + threadIdx.x;
    if (i >= n) return;
    const int filter = i % ROUNDED, channel = i / ROUNDED % (CHUNKS * STEP), tap = i / ROUNDED / (CHUNKS * STEP);
    packed[i] = filter < FILTERS && channel < CHANNELS ? weight[(filter * CHANNELS + channel) * (K * K) + tap] : 0.0f;
}

extern "C" __global__ void __launch_bounds__(256, 2) conv2d(const float* __restrict__ x, const float* __restrict__ packed, float* __restrict__ out, int pixels) {
    __shared__ __align__(16) float xs[2][STEP][TILE];
    __shared__ __align__(16) float ws[2][STEP][TILE];
    const int pixel0 = blockIdx.x * TILE, filter0 = blockIdx.y * TILE;
    const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;              // which 8 x 8 of the tile

    // What this thread fetches: one pixel of channels 0 to 3 or 4 to 7 of a step; four neighbouring filters of one channel.
    const int pixel = pixel0 + threadIdx.x % TILE, half = threadIdx.x / TILE * 4;
    const int row = pixel % PLANE / OUT_WIDTH * STRIDE - PADDING, column = pixel % PLANE % OUT_WIDTH * STRIDE - PADDING;
    const float* image = x + (long long)(pixel / PLANE) * (CHANNELS * HEIGHT * WIDTH);
    const int w_channel = threadIdx.x / 32, w_filter = threadIdx.x % 32 * 4;

    float x_next[4];
    float4 w_next;
    auto fetch = [&](int step) {
        const int tap = step / CHUNKS, channel = step % CHUNKS * STEP + half;
        const int r = row + tap / K * DILATION, c = column + tap % K * DILATION;
        const bool inside = pixel < pixels && (PADDING == 0 || (r >= 0 && r < HEIGHT && c >= 0 && c < WIDTH));
        const float* from = image + channel * (HEIGHT * WIDTH) + r * WIDTH + c;
        #pragma unroll
        for (int i = 0; i < 4; ++i) x_next[i] = inside && channel + i < CHANNELS ? from[i * (HEIGHT * WIDTH)] : 0.0f;
        w_next = *reinterpret_cast<const float4*>(packed + (step * STEP + w_channel) * ROUNDED + filter0 + w_filter);
    };

    float sum[8][8] = {};                                                // [filter][pixel]
    fetch(0);
    for (int step = 0; step < STEPS; ++step) {
        const int now = step % 2;
        #pragma unroll
        for (int i = 0; i < 4; ++i) xs[now][half + i][threadIdx.x % TILE] = x_next[i];
        *reinterpret_cast<float4*>(&ws[now][w_channel][w_filter]) = w_next;
        __syncthreads();                                                 // the other buffer is free once all are here
        if (step + 1 < STEPS) fetch(step + 1);

        #pragma unroll
        for (int i = 0; i < STEP; ++i) {
            float a[8], b[8];
            *reinterpret_cast<float4*>(a)     = *reinterpret_cast<const float4*>(&ws[now][i][ty * 4]);
            *reinterpret_cast<float4*>(a + 4) = *reinterpret_cast<const float4*>(&ws[now][i][64 + ty * 4]);
            *reinterpret_cast<float4*>(b)     = *reinterpret_cast<const float4*>(&xs[now][i][tx * 4]);
            *reinterpret_cast<float4*>(b + 4) = *reinterpret_cast<const float4*>(&xs[now][i][64 + tx * 4]);
            #pragma unroll
            for (int f = 0; f < 8; ++f) {
                #pragma unroll
                for (int p = 0; p < 8; ++p) sum[f][p] += a[f] * b[p];
            }
        }
    }

    #pragma unroll
    for (int part = 0; part < 8; part += VEC) {                          // VEC neighbouring pixels lie in one plane
        const int at = pixel0 + part / 4 * 64 + tx * 4 + part % 4;
        if (at >= pixels) continue;
        float* plane = out + (long long)(at / PLANE) * (FILTERS * PLANE) + at % PLANE;
        #pragma unroll
        for (int f = 0; f < 8; ++f) {
            const int filter = filter0 + f / 4 * 64 + ty * 4 + f % 4;
            if (filter >= FILTERS) continue;
#if VEC == 4
            *reinterpret_cast<float4*>(plane + filter * PLANE) = make_float4(sum[f][part], sum[f][part + 1], sum[f][part + 2], sum[f][part + 3]);
#else
            plane[filter * PLANE] = sum[f][part];
#endif
        }
    }
}
