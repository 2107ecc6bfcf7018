extern "C" __global__ void layernorm(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                     float* __restrict__ out, int cols, float eps) {
    extern __shared__ float part[];
    const float* row = x + (long long)blockIdx.x * cols;
    float sum = 0.0f, squares = 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        float v = row[c];
        sum += v;
        squares += v * v;
    }
    part[threadIdx.x] = sum;
    part[blockDim.x + threadIdx.x] = squares;
    __syncthreads();
    for (int d = blockDim.x / 2; d > 0; d >>= 1) {
        if (threadIdx.x < d) {
            part[threadIdx.x] += part[threadIdx.x + d];
            part[blockDim.x + threadIdx.x] += part[blockDim.x + threadIdx.x + d];
        }
        __syncthreads();
    }
    float mean = part[0] / cols;
    float scale = rsqrtf(part[blockDim.x] / cols - mean * mean + eps);
    for (int c = threadIdx.x; c < cols; c += blockDim.x) {
        out[(long long)blockIdx.x * cols + c] = (row[c] - mean) * scale * weight[c] + bias[c];
    }
}

// Welford, a warp a row.
extern "C" __global__ void welford(const float* __restrict__ x, float* __restrict__ mean_out, float* __restrict__ var_out, int cols) {
    const float* row = x + (size_t)blockIdx.x * cols;
    float mean = 0.0f, m2 = 0.0f, count = 0.0f;
    for (int c = threadIdx.x; c < cols; c += 32) {
        float v = row[c];
        count += 1.0f;
        float d = v - mean;
        mean += d / count;
        m2 += d * (v - mean);
    }
    for (int o = 16; o > 0; o >>= 1) {
        float bm = __shfl_down_sync(0xffffffffu, mean, o);
        float b2 = __shfl_down_sync(0xffffffffu, m2, o);
        float bc = __shfl_down_sync(0xffffffffu, count, o);
        float n = count + bc;
        float d = bm - mean;
        float r = n > 0.0f ? bc / n : 0.0f;
        mean += d * r;
        m2 += b2 + d * d * count * r;
        count = n;
    }
    if (threadIdx.x == 0) {
        mean_out[blockIdx.x] = mean;
        var_out[blockIdx.x] = m2 / count;
    }
}
