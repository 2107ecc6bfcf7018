// kernel: k grid=1 block=32
// arg: int* x 32 in iota
// arg: int* out 32 out
extern "C" __global__ void k(const int* x, int* out) {
    out[threadIdx.x] = 0;
    if (x[threadIdx.x] < 8) {
        __syncwarp();  // expect: invalid_mask
        out[threadIdx.x] = 1;
    }
}
