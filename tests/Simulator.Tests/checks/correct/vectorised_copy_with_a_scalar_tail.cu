// kernel: k grid=2 block=32
// arg: float* x 203 in
// arg: float* out 203 out
// arg: int n = 203
// result: out = scaled(x, 2)
extern "C" __global__ void k(const float* x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n / 4) {
        float4 v = ((const float4*)x)[i];
        ((float4*)out)[i] = make_float4(2 * v.x, 2 * v.y, 2 * v.z, 2 * v.w);
    }
    if (i < n % 4) out[n / 4 * 4 + i] = 2 * x[n / 4 * 4 + i];
}
