// kernel: k grid=4 block=64
// arg: int* x 256 in
// arg: int* out 256 out
// result: out = reversed_chunks(x, 64)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[64];
    int v = x[blockIdx.x * 64 + threadIdx.x];
    if (blockIdx.x % 2 == 0) {
        s[threadIdx.x] = v;
        __syncthreads();
        v = s[63 - threadIdx.x];
    } else {
        s[63 - threadIdx.x] = v;
        __syncthreads();
        v = s[threadIdx.x];
    }
    out[blockIdx.x * 64 + threadIdx.x] = v;
}
