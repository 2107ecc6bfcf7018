extern "C" __device__ int printf(const char*, ...);
extern "C" __device__ void __assertfail(const char*, const char*, unsigned, const char*, unsigned long);
#define assert(e) ((e) ? (void)0 : __assertfail(#e, "device.cu", __LINE__, __func__, 1))
__constant__ float table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
__device__ float counters[4] = {10.0f, 20.0f, 30.0f, 40.0f};
__device__ const float* pointer_to = &counters[1];

__device__ __noinline__ float poly(float x, int order) {
    float r = 0.0f;
    for (int i = 0; i < order; ++i) r = r * x + table[i & 7];
    return r;
}
__device__ __noinline__ int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
struct Pair { float a; double b; int c[3]; };
__device__ __noinline__ Pair swap(Pair p) { Pair q = p; q.a = (float)p.b; q.b = p.a; q.c[0] = p.c[2]; return q; }

extern "C" __global__ void calls(const float* __restrict__ x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = poly(x[i], 1 + (i & 3)) + counters[i & 3];
}
extern "C" __global__ void fibs(int* out, int n) {
    int i = threadIdx.x;
    if (i < n) out[i] = fib(i);
}
extern "C" __global__ void by_value(Pair p, float* out) {
    Pair q = swap(p);
    out[0] = q.a; out[1] = (float)q.b; out[2] = (float)q.c[0]; out[3] = p.c[threadIdx.x % 3];
}
extern "C" __global__ void local_array(const int* __restrict__ x, int* out, int n) {
    int buf[16];
    int i = threadIdx.x;
    for (int k = 0; k < 16; ++k) buf[k] = x[(i + k) % n];
    int best = 0;
    for (int k = 0; k < 16; ++k) { int j = (x[i] + k) & 15; int t = buf[j]; buf[j] = buf[k]; buf[k] = t; best = best * 31 + buf[(j * 7) & 15]; }
    out[i] = best;
}
extern "C" __global__ void prints(int n) {
    printf("thread %d of %d: %f %s\n", threadIdx.x, n, threadIdx.x * 0.5, "yes");
}
extern "C" __global__ void asserts(const int* x) {
    assert(x[threadIdx.x] >= 0);
}
extern "C" __global__ void bump() { counters[threadIdx.x] += 1.0f; *(float*)pointer_to += 0.5f; }
typedef float (*fn)(float, int);
extern "C" __global__ void dispatch(const int* x, float* out, int n) {
    int i = threadIdx.x;
    switch (x[i]) {
    case 0: out[i] = 1.5f; break;
    case 1: out[i] = __sinf(i); break;
    case 2: out[i] = out[i] * i; break;
    case 3: out[i] = i * 3 - n; break;
    case 4: out[i] = sqrtf(i); break;
    case 5: out[i] = 1.0f / (i + 1); break;
    case 6: out[i] = atan2f(i, 2.0f); break;
    default: out[i] = -1; break;
    }
}
