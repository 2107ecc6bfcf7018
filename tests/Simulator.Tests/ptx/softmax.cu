// One block a row; the row is read three times.
extern "C" __global__ void softmax(const float* __restrict__ x, float* __restrict__ out, int cols) {
    __shared__ float part[32];
    const float* row = x + (long long)blockIdx.x * cols;
    float* result = out + (long long)blockIdx.x * cols;
    int lane = threadIdx.x & 31;
    int warp = threadIdx.x >> 5;
    int warps = (blockDim.x + 31) >> 5;

    float top = __int_as_float(0xff800000);
    for (int c = threadIdx.x; c < cols; c += blockDim.x) top = fmaxf(top, row[c]);
    for (int d = 16; d > 0; d >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, d));
    if (lane == 0) part[warp] = top;
    __syncthreads();
    top = lane < warps ? part[lane] : __int_as_float(0xff800000);
    for (int d = 16; d > 0; d >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, d));
    __syncthreads();

    float sum = 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) sum += expf(row[c] - top);
    for (int d = 16; d > 0; d >>= 1) sum += __shfl_xor_sync(0xffffffffu, sum, d);
    if (lane == 0) part[warp] = sum;
    __syncthreads();
    sum = lane < warps ? part[lane] : 0.0f;
    for (int d = 16; d > 0; d >>= 1) sum += __shfl_xor_sync(0xffffffffu, sum, d);

    for (int c = threadIdx.x; c < cols; c += blockDim.x) result[c] = expf(row[c] - top) / sum;
}

// Online softmax, a warp a row.
extern "C" __global__ void softmax_online(const float* __restrict__ x, float* __restrict__ out, int rows, int cols) {
    int row = blockIdx.x * (blockDim.x / 32) + (threadIdx.x >> 5);
    int lane = threadIdx.x & 31;
    if (row >= rows) return;
    float m = __int_as_float(0xff800000), s = 0.0f;
    for (int c = lane; c < cols; c += 32) {
        float v = x[(size_t)row * cols + c];
        float mm = fmaxf(m, v);
        s = s * __expf(m - mm) + __expf(v - mm);
        m = mm;
    }
    for (int d = 16; d > 0; d >>= 1) {
        float om = __shfl_xor_sync(0xffffffffu, m, d);
        float os = __shfl_xor_sync(0xffffffffu, s, d);
        float mm = fmaxf(m, om);
        s = s * __expf(m - mm) + os * __expf(om - mm);
        m = mm;
    }
    for (int c = lane; c < cols; c += 32) out[(size_t)row * cols + c] = __expf(x[(size_t)row * cols + c] - m) / s;
}
