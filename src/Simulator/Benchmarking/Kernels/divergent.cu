// Each thread of a warp goes round its loop another number of times.
extern "C" __global__ void divergent(const float* __restrict__ x, const int* __restrict__ trips, float* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float v = x[i], sum = 0.0f;
    int count = trips[i] & 63;
    for (int t = 0; t < count; ++t) sum = sum * 0.5f + v;
    out[i] = sum;
}
