// kernel: k grid=1 block=32
// arg: float* x 32 in
extern "C" __global__ void k(float* x) {
    x[threadIdx.x] *= 2.0f;  // expect: read_only_write x[0]
}
