/*launch-plan
{
  "launches": [
    { "kernel": "step", "grid": ["ceil_div(weight.numel, 256)"], "block": [256],
      "args": ["weight", "gradient", "velocity", "out1", "out0", "weight.numel", "init.lr", "init.momentum"] }
  ]
}
*/
// Two outputs: the new weights and the new velocity.
extern "C" __global__ void step(const float* __restrict__ weight, const float* __restrict__ gradient, const float* __restrict__ velocity,
                                float* __restrict__ new_weight, float* __restrict__ new_velocity, int n, float lr, float momentum) {
    int i = blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        float v = momentum * velocity[i] + gradient[i];
        new_velocity[i] = v;
        new_weight[i] = weight[i] - lr * v;
    }
}
