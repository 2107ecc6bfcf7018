// kernel: k grid=2,1 block=16,16
// arg: float* x 512 in
// arg: float* out 512 out
// result: out = transposed(x, 32)
// 16 rows of 32 columns.
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float tile[16][17];
    tile[threadIdx.y][threadIdx.x] = x[threadIdx.y * 32 + blockIdx.x * 16 + threadIdx.x];
    __syncthreads();
    out[(blockIdx.x * 16 + threadIdx.y) * 16 + threadIdx.x] = tile[threadIdx.x][threadIdx.y];
}
