// kernel: k grid=2 block=64
// arg: int* out 100 out
extern "C" __global__ void k(int* out) {
    out[blockIdx.x * blockDim.x + threadIdx.x] = 1;  // expect: out_of_bounds_write out[100]
}
