// kernel: k grid=1 block=16
// arg: float* scratch 64 scratch
// arg: float* out 64 out
extern "C" __global__ void k(float* scratch, float4* out) {
    scratch[4 * threadIdx.x] = 1.0f;
    scratch[4 * threadIdx.x + 1] = 1.0f;
    scratch[4 * threadIdx.x + 2] = 1.0f;
    out[threadIdx.x] = *(float4*)(scratch + 4 * threadIdx.x);  // expect: uninitialised_read scratch[0]
}
