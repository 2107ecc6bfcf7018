// kernel: k grid=1 block=64
// arg: float* x 64 in
// arg: float* out 64 out
// The second array begins where the first one ends: only the one past both is out of bounds.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float a[32], b[32];
    a[threadIdx.x & 31] = b[threadIdx.x & 31] = 0.0f;
    __syncthreads();
    float* last = a < b ? b : a;
    last[threadIdx.x + 1 - (threadIdx.x / 32) * 32] = 1.0f;  // expect: out_of_bounds_write
    __syncthreads();
    out[threadIdx.x] = a[0] + b[threadIdx.x & 31];
}
