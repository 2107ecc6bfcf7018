/*launch-plan
{
  "launches": [
    { "kernel": "adam", "grid": ["ceil_div(param.numel, 256)"], "block": [256],
      "args": ["param", "grad", "m", "v", "out", "param.numel", "init.beta1", "init.beta2", "init.lr", "init.eps", "init.step"] }
  ]
}
*/

// The formula as it stands, one thread for each parameter.
// Right, but every thread works out the same two powers again, which costs more than all the rest of its work.

extern "C" __global__ void adam(const float* param, const float* grad, const float* m, const float* v, float* out, long long n,
                                float beta1, float beta2, float lr, float eps, int step) {
    long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i < n) {
        float g = grad[i];
        float m_new = beta1 * m[i] + (1.0f - beta1) * g;
        float v_new = beta2 * v[i] + (1.0f - beta2) * g * g;
        float mean = m_new / (1.0f - powf(beta1, step));
        float square = v_new / (1.0f - powf(beta2, step));
        out[i] = param[i] - lr * mean / (sqrtf(square) + eps);
    }
}
