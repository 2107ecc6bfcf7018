/*launch-plan
{
  "launches": [
    { "kernel": "leaky_relu", "grid": ["min(ceil_div(x.numel, 512), 1024)"], "block": [128], "args": ["x", "out", "x.numel", "init.slope"] }
  ]
}
*/
// Vectors of four over the whole tensor with a grid stride.
extern "C" __global__ void leaky_relu(const float4* __restrict__ x, float4* __restrict__ out, int n, float slope) {
    int vectors = (n + 3) / 4;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < vectors; i += gridDim.x * blockDim.x) {
        float4 v = x[i];
        v.x = v.x > 0.0f ? v.x : v.x * slope;
        v.y = v.y > 0.0f ? v.y : v.y * slope;
        v.z = v.z > 0.0f ? v.z : v.z * slope;
        v.w = v.w > 0.0f ? v.w : v.w * slope;
        out[i] = v;
    }
}
