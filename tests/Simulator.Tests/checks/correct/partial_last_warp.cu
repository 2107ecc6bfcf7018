// kernel: k grid=2 block=40
// arg: int* x 80 in
// arg: int* out 80 out
// result: out = reversed_chunks(x, 40)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[40];
    s[threadIdx.x] = x[blockIdx.x * 40 + threadIdx.x];
    __syncthreads();
    out[blockIdx.x * 40 + threadIdx.x] = s[39 - threadIdx.x];
}
