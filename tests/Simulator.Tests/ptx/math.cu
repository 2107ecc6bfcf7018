extern "C" __global__ void unary(const float* __restrict__ x, float* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float v = x[i];
    float* o = out + (size_t)i * 32;
    o[0] = expf(v); o[1] = logf(fabsf(v)); o[2] = sinf(v); o[3] = cosf(v); o[4] = tanf(v); o[5] = tanhf(v); o[6] = erff(v); o[7] = sqrtf(fabsf(v));
    o[8] = rsqrtf(fabsf(v)); o[9] = powf(fabsf(v), 1.7f); o[10] = exp2f(v); o[11] = log2f(fabsf(v)); o[12] = log1pf(fabsf(v)); o[13] = expm1f(v);
    o[14] = 1.0f / v; o[15] = v / 3.7f; o[16] = floorf(v); o[17] = ceilf(v); o[18] = roundf(v); o[19] = truncf(v); o[20] = rintf(v);
    o[21] = __expf(v); o[22] = __logf(fabsf(v)); o[23] = __sinf(v); o[24] = __cosf(v); o[25] = __fdividef(v, 3.0f); o[26] = fmodf(v, 0.7f);
    o[27] = copysignf(1.0f, v); o[28] = cbrtf(v); o[29] = atanf(v); o[30] = lgammaf(fabsf(v)); o[31] = isnan(v) ? 1.0f : (isinf(v) ? 2.0f : (signbit(v) ? 3.0f : 4.0f));
}
extern "C" __global__ void doubles(const double* __restrict__ x, double* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    double v = x[i];
    double* o = out + (size_t)i * 16;
    o[0] = exp(v); o[1] = log(fabs(v)); o[2] = sin(v); o[3] = cos(v); o[4] = tanh(v); o[5] = erf(v); o[6] = sqrt(fabs(v)); o[7] = rsqrt(fabs(v));
    o[8] = 1.0 / v; o[9] = v / 3.7; o[10] = fma(v, v, 1.5); o[11] = floor(v); o[12] = pow(fabs(v), 0.3); o[13] = fmin(v, 0.5); o[14] = (double)(float)v; o[15] = (double)(long long)v;
}
extern "C" __global__ void ints(const int* __restrict__ x, const int* __restrict__ y, long long* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int a = x[i], b = y[i];
    long long* o = out + (size_t)i * 32;
    o[0] = b ? a / b : 0; o[1] = b ? a % b : 0; o[2] = (unsigned)b ? (unsigned)a / (unsigned)b : 0; o[3] = __mulhi(a, b); o[4] = __umulhi(a, b); o[5] = (long long)a * b;
    o[6] = __popc(a); o[7] = __clz(a); o[8] = __ffs(a); o[9] = __brev(a); o[10] = __byte_perm(a, b, 0x3715); o[11] = __funnelshift_l(a, b, a & 31); o[12] = __funnelshift_r(a, b, b & 31);
    o[13] = abs(a); o[14] = min(a, b); o[15] = max((unsigned)a, (unsigned)b); o[16] = __sad(a, b, 3u); o[17] = (a & b) | (~a & ~b); o[18] = a << (b & 31); o[19] = a >> (b & 31); o[20] = (unsigned)a >> (b & 31);
    long long la = (long long)a * 1000003 + b, lb = (long long)b * 7919 + 1;
    o[21] = lb ? la / lb : 0; o[22] = lb ? la % lb : 0; o[23] = __mul64hi(la, lb); o[24] = __popcll(la); o[25] = __clzll(la); o[26] = __brevll(la); o[27] = la << (b & 63); o[28] = la >> (b & 63);
    o[29] = __dp4a(a, b, 5); o[30] = __mul24(a, b); o[31] = (signed char)a + (short)b;
}
extern "C" __global__ void conversions(const float* __restrict__ x, int* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float v = x[i];
    int* o = out + (size_t)i * 16;
    o[0] = (int)v; o[1] = (unsigned)v; o[2] = __float2int_rn(v); o[3] = __float2int_ru(v); o[4] = __float2int_rd(v); o[5] = (int)(short)v; o[6] = (int)(unsigned char)v; o[7] = (int)(long long)v;
    o[8] = __float_as_int((float)(int)v); o[9] = __float_as_int((float)(unsigned)v); o[10] = __float_as_int(__int2float_rz((int)v)); o[11] = __float_as_int((float)(long long)v);
    o[12] = v > 1.0f; o[13] = __float_as_int(__saturatef(v)); o[14] = __float_as_int(__fadd_rz(v, 1e-3f)); o[15] = __float_as_int(__fmul_ru(v, 1.1f));
}
