// Depthwise 3D convolution with stride and padding as template parameters, filter in constant registers, planes rolled through shared memory.
template <int K, int STRIDE, int PAD>
__device__ __forceinline__ void depthwise(const float* __restrict__ x, const float* __restrict__ filter, float* __restrict__ y, int d, int h, int w, int od, int oh, int ow) {
    constexpr int TX = 16, TY = 8, SX = (TX - 1) * STRIDE + K, SY = (TY - 1) * STRIDE + K;
    __shared__ float plane[K][SY][SX];
    float f[K][K][K];
    const int channel = blockIdx.z;
#pragma unroll
    for (int i = 0; i < K * K * K; i++) f[i / (K * K)][i / K % K][i % K] = filter[channel * K * K * K + i];
    const float* from = x + (size_t)channel * d * h * w;
    const int ox = blockIdx.x * TX + threadIdx.x, oy = blockIdx.y * TY + threadIdx.y;
    auto load = [&](int z) {
        float(*to)[SX] = plane[(z + PAD) % K];
        for (int i = threadIdx.y * TX + threadIdx.x; i < SX * SY; i += TX * TY) {
            const int yy = blockIdx.y * TY * STRIDE - PAD + i / SX, xx = blockIdx.x * TX * STRIDE - PAD + i % SX;
            to[i / SX][i % SX] = z >= 0 && z < d && (unsigned)yy < (unsigned)h && (unsigned)xx < (unsigned)w ? from[((size_t)z * h + yy) * w + xx] : 0.f;
        }
    };
    int loaded = -PAD;
    for (int oz = 0; oz < od; oz++) {
        const int z0 = oz * STRIDE - PAD;
        __syncthreads();
        for (; loaded < z0 + K; loaded++) load(loaded);
        __syncthreads();
        float sum = 0;
#pragma unroll
        for (int i = 0; i < K; i++) {
            const float(*p)[SX] = plane[(z0 + i + PAD) % K];
#pragma unroll
            for (int j = 0; j < K; j++)
#pragma unroll
                for (int k = 0; k < K; k++) sum = fmaf(p[threadIdx.y * STRIDE + j][threadIdx.x * STRIDE + k], f[i][j][k], sum);
        }
        if (ox < ow && oy < oh) y[(((size_t)channel * od + oz) * oh + oy) * ow + ox] = __saturatef(sum * (1.f / 6) + 0.5f);
    }
}

extern "C" __global__ void depthwise_conv3d(const float* x, const float* filter, float* y, int d, int h, int w, int od, int oh, int ow) {
    depthwise<3, 2, 1>(x, filter, y, d, h, w, od, oh, ow);
}
