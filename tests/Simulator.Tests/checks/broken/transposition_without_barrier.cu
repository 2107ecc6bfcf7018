// kernel: k grid=1 block=16,16
// arg: float* x 256 in
// arg: float* out 256 out
extern "C" __global__ void k(const float* x, float* out) {
    __shared__ float tile[16][17];
    tile[threadIdx.y][threadIdx.x] = x[threadIdx.y * 16 + threadIdx.x];  // @write
    out[threadIdx.y * 16 + threadIdx.x] = tile[threadIdx.x][threadIdx.y];  // expect: race tile[17] with @write // expect: uninitialised_read tile[34]
}
