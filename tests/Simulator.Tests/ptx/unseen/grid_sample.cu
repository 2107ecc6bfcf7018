// Bilinear sampling of an image at given places, zeros or border outside, corners aligned or not: templates chosen by an integer at run time.
enum class Outside { Zeros, Border };

template <Outside O, bool ALIGNED>
__device__ float sample(const float* __restrict__ image, float gx, float gy, int h, int w) {
    auto place = [](float g, int extent) { return ALIGNED ? (g + 1) * 0.5f * (extent - 1) : ((g + 1) * extent - 1) * 0.5f; };
    float x = place(gx, w), y = place(gy, h);
    if constexpr (O == Outside::Border) {
        x = fminf(fmaxf(x, 0), w - 1);
        y = fminf(fmaxf(y, 0), h - 1);
    }
    const float fx = floorf(x), fy = floorf(y);
    const int x0 = static_cast<int>(fx), y0 = static_cast<int>(fy);
    const float ax = x - fx, ay = y - fy;
    auto at = [&](int yy, int xx) { return yy >= 0 && yy < h && xx >= 0 && xx < w ? __ldg(image + yy * w + xx) : 0.f; };
    return (1 - ay) * ((1 - ax) * at(y0, x0) + ax * at(y0, x0 + 1)) + ay * ((1 - ax) * at(y0 + 1, x0) + ax * at(y0 + 1, x0 + 1));
}

extern "C" __global__ void grid_sample(const float* __restrict__ x, const float2* __restrict__ grid, float* __restrict__ y, int channels, int h, int w, int count, int mode) {
    using Sampler = float (*)(const float*, float, float, int, int);
    Sampler samplers[4] = {sample<Outside::Zeros, false>, sample<Outside::Zeros, true>, sample<Outside::Border, false>, sample<Outside::Border, true>};
    const Sampler sampler = samplers[mode & 3];
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        const float2 g = grid[(size_t)blockIdx.z * count + i];
        for (int c = blockIdx.y; c < channels; c += gridDim.y)
            y[((size_t)blockIdx.z * channels + c) * count + i] = sampler(x + ((size_t)blockIdx.z * channels + c) * h * w, g.x, g.y, h, w);
    }
}
