extern "C" __global__ void histogram(const int* __restrict__ x, unsigned int* bins, int n) {
    __shared__ unsigned int local[64];
    for (int i = threadIdx.x; i < 64; i += blockDim.x) local[i] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&local[x[i] & 63], 1u);
    __syncthreads();
    for (int i = threadIdx.x; i < 64; i += blockDim.x) atomicAdd(&bins[i], local[i]);
}

__device__ float atomicMaxFloat(float* address, float v) {
    int* p = (int*)address;
    int old = *p, assumed;
    do {
        assumed = old;
        old = atomicCAS(p, assumed, __float_as_int(fmaxf(v, __int_as_float(assumed))));
    } while (assumed != old);
    return __int_as_float(old);
}

extern "C" __global__ void all_atomics(const float* x, float* fmax_out, int* ints, unsigned long long* longs, double* d, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    atomicMaxFloat(fmax_out, x[i]);
    int v = (int)(x[i] * 100.0f);
    atomicAdd(&ints[0], v);
    atomicMin(&ints[1], v);
    atomicMax(&ints[2], v);
    atomicAnd(&ints[3], v);
    atomicOr(&ints[4], v);
    atomicXor(&ints[5], v);
    atomicExch(&ints[6], 7);
    atomicInc((unsigned*)&ints[7], 1000u);
    atomicDec((unsigned*)&ints[8], 1000u);
    atomicSub(&ints[9], 3);
    atomicAdd(&longs[0], (unsigned long long)v);
    atomicMax(&longs[1], (unsigned long long)(long long)v);
    atomicAdd(d, (double)x[i]);
    atomicMin((unsigned*)&ints[10], (unsigned)v);
    int got = atomicAdd(&ints[11], 1);
    atomicMax(&ints[12], got);
}
