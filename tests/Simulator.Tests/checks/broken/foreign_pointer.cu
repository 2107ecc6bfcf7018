// kernel: k grid=1 block=32
// arg: float* out 32 out
extern "C" __global__ void k(float* out) {
    const float* nowhere = (const float*)0x123456789000ull;
    out[threadIdx.x] = nowhere[threadIdx.x];  // expect: out_of_bounds_read
}
