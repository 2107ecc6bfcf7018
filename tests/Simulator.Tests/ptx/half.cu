#include <cuda_fp16.h>
#include <cuda_bf16.h>
extern "C" __global__ void half_axpy(const __half* __restrict__ x, const __half* __restrict__ y, __half* __restrict__ out, float a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = __hfma(__float2half(a), x[i], y[i]);
}
extern "C" __global__ void half2_ops(const __half2* __restrict__ x, const __half2* __restrict__ y, __half2* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        __half2 v = __hadd2(x[i], y[i]);
        v = __hmul2(v, __hsub2(x[i], y[i]));
        v = __hmax2(v, __hneg2(x[i]));
        v = __hmin2(v, __habs2(y[i]));
        out[i] = __hfma2(v, x[i], y[i]);
    }
}
extern "C" __global__ void half_math(const __half* __restrict__ x, __half* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        __half v = x[i];
        __half r = hexp(v);
        r = __hadd(r, hlog(__habs(v) + __half(1.0f)));
        r = __hadd(r, hsqrt(__habs(v)));
        r = __hadd(r, hrcp(__habs(v) + __half(1.0f)));
        r = r + __float2half(tanhf(__half2float(v)));
        r = __hgt(v, __half(0.0f)) ? r / (v + __half(2.0f)) : __hneg(r);
        out[i] = r;
    }
}
extern "C" __global__ void half_dot(const __half* __restrict__ x, const __half* __restrict__ y, float* out, int n) {
    float acc = 0;
    for (int i = threadIdx.x; i < n; i += 32) acc += __half2float(x[i]) * __half2float(y[i]);
    for (int d = 16; d; d >>= 1) acc += __shfl_xor_sync(~0u, acc, d);
    if (threadIdx.x == 0) *out = acc;
}
#if __CUDA_ARCH__ >= 800
extern "C" __global__ void bf16_axpy(const __nv_bfloat16* __restrict__ x, const __nv_bfloat16* __restrict__ y, __nv_bfloat16* __restrict__ out, float a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float v = __bfloat162float(x[i]);
        __nv_bfloat16 r = __hfma(__float2bfloat16(a), x[i], y[i]);
        r = __hadd(r, __hmul(x[i], y[i]));
        r = __hmax(r, __hmin(x[i], y[i]));
        r = __hsub(r, __float2bfloat16(v));
        out[i] = __hlt(x[i], y[i]) ? r : __hneg(r);
    }
}
extern "C" __global__ void bf162_ops(const __nv_bfloat162* __restrict__ x, const __nv_bfloat162* __restrict__ y, __nv_bfloat162* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        __nv_bfloat162 v = __hadd2(x[i], y[i]);
        v = __hfma2(v, __hmul2(x[i], y[i]), __hsub2(y[i], x[i]));
        out[i] = __hmax2(v, __habs2(x[i]));
    }
}
#endif
extern "C" __global__ void half_atomic(__half2* out, __half* out1, __nv_bfloat16* o2) {
    atomicAdd(out, __floats2half2_rn(1.0f, 2.0f));
    atomicAdd(out1, __float2half(1.0f));
    atomicAdd(o2, __float2bfloat16(1.0f));
}
extern "C" __global__ void half_vec(const uint4* __restrict__ x, uint4* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        uint4 v = x[i];
        __half2* h = (__half2*)&v;
        for (int k = 0; k < 4; ++k) { float2 f = __half22float2(h[k]); h[k] = __floats2half2_rn(f.x * 2.0f, f.y + 1.0f); }
        out[i] = v;
    }
}
