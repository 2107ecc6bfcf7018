/*launch-plan
{
  "launches": [
    { "kernel": "leaky_relu", "grid": ["x.shape[0]"], "block": [128], "args": ["x", "out", "x.shape[1]", "init.slope"] }
  ]
}
*/
// One block a row, vectors of four along it, the last up to three elements one by one.
extern "C" __global__ void leaky_relu(const float* __restrict__ x, float* __restrict__ out, int n, float slope) {
    const float* row = x + blockIdx.x * n;
    float* to = out + blockIdx.x * n;
    int vectors = n / 4;
    for (int i = threadIdx.x; i < vectors; i += blockDim.x) {
        float4 v = *reinterpret_cast<const float4*>(row + i * 4);
        v.x = v.x > 0.0f ? v.x : v.x * slope;
        v.y = v.y > 0.0f ? v.y : v.y * slope;
        v.z = v.z > 0.0f ? v.z : v.z * slope;
        v.w = v.w > 0.0f ? v.w : v.w * slope;
        *reinterpret_cast<float4*>(to + i * 4) = v;
    }
    int i = vectors * 4 + threadIdx.x;
    if (i < n) {
        float v = row[i];
        to[i] = v > 0.0f ? v : v * slope;
    }
}
