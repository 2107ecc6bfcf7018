// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: float* y 64 in
// arg: int* out 64 out
// arg: float* outy 64 out
// result: out = reversed(x)
// result: outy = reversed(y)
extern "C" __global__ void k(const int* x, const float* y, int* out, float* outy) {
    __shared__ int s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = s[63 - threadIdx.x];
    __syncthreads();
    ((float*)s)[threadIdx.x] = y[threadIdx.x];
    __syncthreads();
    outy[threadIdx.x] = ((float*)s)[63 - threadIdx.x];
}
