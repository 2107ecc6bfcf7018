extern "C" __global__ void gather(const float* __restrict__ x, const int* __restrict__ index, float* __restrict__ out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = x[index[i]];
}
