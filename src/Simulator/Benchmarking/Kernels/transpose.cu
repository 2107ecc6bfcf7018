template <int PITCH> __device__ void transpose_by_tiles(const float* __restrict__ x, float* __restrict__ out, int n) {
    __shared__ float tile[32][PITCH];
    int col = blockIdx.x * 32 + threadIdx.x, row = blockIdx.y * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8) tile[threadIdx.y + i][threadIdx.x] = x[(row + i) * n + col];
    __syncthreads();
    col = blockIdx.y * 32 + threadIdx.x;
    row = blockIdx.x * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8) out[(row + i) * n + col] = tile[threadIdx.x][threadIdx.y + i];
}
extern "C" __global__ void transpose(const float* __restrict__ x, float* __restrict__ out, int n) { transpose_by_tiles<32>(x, out, n); }
extern "C" __global__ void transpose_padded(const float* __restrict__ x, float* __restrict__ out, int n) { transpose_by_tiles<33>(x, out, n); }
