/*launch-plan
{
  "buffers": {
    "even": { "dtype": "float32", "shape": ["x.numel"] },
    "odd":  { "dtype": "float32", "shape": ["x.numel"] }
  },
  "launches": [
    { "kernel": "diffuse", "grid": ["ceil_div(x.numel, 128)"], "block": [128], "args": ["odd", "even", "x.numel"] },
    { "repeat": { "index": "t", "count": "init.steps - 2" },
      "launches": [
        { "when": "t % 2 == 0", "kernel": "diffuse", "grid": ["ceil_div(x.numel, 128)"], "block": [128], "args": ["even", "odd", "x.numel"] },
        { "when": "t % 2 == 1", "kernel": "diffuse", "grid": ["ceil_div(x.numel, 128)"], "block": [128], "args": ["odd", "even", "x.numel"] }
      ] },
    { "when": "init.steps % 2 == 0", "kernel": "diffuse", "grid": ["ceil_div(x.numel, 128)"], "block": [128], "args": ["even", "out", "x.numel"] },
    { "when": "init.steps % 2 == 1", "kernel": "diffuse", "grid": ["ceil_div(x.numel, 128)"], "block": [128], "args": ["odd", "out", "x.numel"] }
  ]
}
*/
// One explicit step of heat flow on a line whose ends are insulated. Two scratch lines take turns; the first step reads x,
// the last writes out (at least two steps).
extern "C" __global__ void diffuse(const float* __restrict__ before, float* __restrict__ after, int n) {
    int i = blockIdx.x * 128 + threadIdx.x;
    if (i < n) {
        float here = before[i];
        float left = before[i > 0 ? i - 1 : 0];
        float right = before[i < n - 1 ? i + 1 : n - 1];
        after[i] = here + 0.25f * (left - 2.0f * here + right);
    }
}
