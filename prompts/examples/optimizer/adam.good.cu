/*launch-plan
{
  "tunables": { "BLOCK": [128, 256], "VECTORS": [1, 2] },
  "defines": {
    "BETA1": "init.beta1", "BETA2": "init.beta2", "LR": "init.lr", "EPS": "init.eps", "STEP": "init.step",
    "VEC": "4 if param.numel % 4 == 0 else 1"
  },
  "launches": [
    { "kernel": "adam<BLOCK, VECTORS>", "grid": ["ceil_div(param.numel // VEC, BLOCK * VECTORS)"], "block": ["BLOCK"],
      "args": ["param", "grad", "m", "v", "out", "param.numel // VEC"] }
  ]
}
*/

// One step of Adam in one kernel: four reads and one write an element, nothing between them goes to memory, which is the
// limit. All operands are walked alike, as long arrays of 16-byte vectors (single floats where their length is not divisible
// by 4); a thread's four loads are under way together before the first is used.
// Constructor arguments are compile-time constants (`defines`, doubles here), so the compiler works out both bias
// corrections, c1 = 1 - beta1^step and c2 = 1 - beta2^step, in double. What is left for each element:
//     out = param - (lr / c1) * m' / (sqrt(v') / sqrt(c2) + eps)

#if VEC == 4
typedef float4 Elements;
#else
typedef float Elements;
#endif

constexpr double power(double base, int exponent) { return exponent == 0 ? 1.0 : base * power(base, exponent - 1); }

__device__ __forceinline__ float stepped(float param, float grad, float m, float v) {
    constexpr float rate = (float)(LR / (1.0 - power(BETA1, STEP)));
    constexpr double correction = 1.0 - power(BETA2, STEP);
    const float scale = (float)(1.0 / sqrt(correction));      // folded by the compiler
    const float m_new = (float)BETA1 * m + (float)(1.0 - BETA1) * grad;
    const float v_new = (float)BETA2 * v + (float)(1.0 - BETA2) * grad * grad;
    return param - rate * m_new / (sqrtf(v_new) * scale + (float)EPS);
}

#if VEC == 4
__device__ __forceinline__ float4 stepped(float4 param, float4 grad, float4 m, float4 v) {
    return make_float4(stepped(param.x, grad.x, m.x, v.x), stepped(param.y, grad.y, m.y, v.y),
                       stepped(param.z, grad.z, m.z, v.z), stepped(param.w, grad.w, m.w, v.w));
}
#endif

template <int BLOCK_SIZE, int VECTORS_A_THREAD>
__global__ void __launch_bounds__(BLOCK_SIZE) adam(const Elements* __restrict__ param, const Elements* __restrict__ grad, const Elements* __restrict__ m,
                                                   const Elements* __restrict__ v, Elements* __restrict__ out, int vectors) {
    const int first = blockIdx.x * (BLOCK_SIZE * VECTORS_A_THREAD) + threadIdx.x;
    #pragma unroll
    for (int k = 0; k < VECTORS_A_THREAD; ++k) {
        const int i = first + k * BLOCK_SIZE;
        if (i < vectors) __stcs(out + i, stepped(__ldcs(param + i), __ldcs(grad + i), __ldcs(m + i), __ldcs(v + i)));
    }
}
