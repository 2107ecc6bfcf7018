// kernel: k grid=2 block=32 shared=512
// arg: float* x 64 in
// arg: float* out 64 out
// result: out = reversed_chunks(x, 32)
extern "C" __global__ void k(const float* x, float* out) {
    extern __shared__ unsigned char raw[];
    double* wide = (double*)raw;
    float* words = (float*)(wide + 32);
    short* order = (short*)(words + 32);
    unsigned int t = threadIdx.x;
    words[t] = x[blockIdx.x * 32 + t];
    order[t] = 31 - t;
    __syncthreads();
    wide[t] = words[order[t]];
    __syncthreads();
    out[blockIdx.x * 32 + t] = (float)wide[t];
}
