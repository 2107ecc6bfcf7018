// kernel: k grid=1 block=32
// arg: float* scratch 64 scratch
// arg: double* out 32 out
extern "C" __global__ void k(float* scratch, double* out) {
    scratch[2 * threadIdx.x + 1] = 1.0f;
    out[threadIdx.x] = *(const double*)(scratch + 2 * threadIdx.x);  // expect: uninitialised_read scratch[0]
}
