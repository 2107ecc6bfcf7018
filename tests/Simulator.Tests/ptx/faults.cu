extern "C" __global__ void read_past(const float* x, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = x[i + 1];
}
extern "C" __global__ void write_past(float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = 1.0f;
}
extern "C" __global__ void misaligned(const char* x, float* out) {
    out[threadIdx.x] = *(const float*)(x + threadIdx.x * 4 + 1);
}
extern "C" __global__ void unwritten_shared(float* out) {
    __shared__ float s[64];
    if (threadIdx.x < 32) s[threadIdx.x] = 1.0f;
    __syncthreads();
    out[threadIdx.x] = s[threadIdx.x];
}
extern "C" __global__ void unwritten_global(const float* scratch, float* out) {
    out[threadIdx.x] = scratch[threadIdx.x];
}
extern "C" __global__ void missing_barrier(const float* x, float* out) {
    __shared__ float s[128];
    s[threadIdx.x] = x[threadIdx.x];
    out[threadIdx.x] = s[127 - threadIdx.x];
}
extern "C" __global__ void warp_race(const float* x, float* out) {
    __shared__ float s[32];
    s[threadIdx.x] = x[threadIdx.x];
    out[threadIdx.x] = s[31 - threadIdx.x];
}
extern "C" __global__ void divergent_barrier(const float* x, float* out) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    if (threadIdx.x < 40) {
        __syncthreads();
        out[threadIdx.x] = s[63 - threadIdx.x];
    } else {
        out[threadIdx.x] = x[threadIdx.x] * 2.0f;
        __syncwarp(0xffffff00u);
        __syncthreads();
        out[threadIdx.x] += s[0];
    }
}
extern "C" __global__ void wrong_mask(const int* x, int* out) {
    out[threadIdx.x] = __shfl_sync(0x0000ffffu, x[threadIdx.x], 3);
}
extern "C" __global__ void never_arrives(const int* x, int* out) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 3, 64;");
    }
    out[threadIdx.x] = x[threadIdx.x];
}
extern "C" __global__ void deep(int* out, int n);
__device__ __noinline__ int deeper(int n, int* p) { int a[64]; for (int i = 0; i < 64; ++i) a[i] = n + i; int r = n <= 0 ? 0 : deeper(n - 1, p) + a[n & 63]; return r + a[(n * 7) & 63]; }
extern "C" __global__ void deep(int* out, int n) { out[threadIdx.x] = deeper(n, out); }
extern "C" __global__ void writes_input(float* x) { x[threadIdx.x] = 0.0f; }
extern "C" __global__ void shared_past(float* out, int i) {
    __shared__ float s[16];
    s[threadIdx.x + i] = 1.0f;
    __syncthreads();
    out[threadIdx.x] = s[threadIdx.x];
}
extern "C" __global__ void null_read(const float* x, float* out) { out[threadIdx.x] = x[threadIdx.x]; }
extern "C" __global__ void spins(volatile int* flag, int* out) {
    while (*flag == 0) { }
    out[0] = 1;
}
extern "C" __global__ void global_race(float* x) {
    x[blockIdx.x == 0 ? threadIdx.x : threadIdx.x] = x[threadIdx.x + 1];
}
extern "C" __global__ void block_race(float* x) {
    if (threadIdx.x == 0) x[0] = blockIdx.x;
}
