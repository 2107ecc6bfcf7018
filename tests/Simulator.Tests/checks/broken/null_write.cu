// kernel: k grid=1 block=32
// arg: float* out null
extern "C" __global__ void k(float* out) {
    out[threadIdx.x] = 1.0f;  // expect: out_of_bounds_write
}
