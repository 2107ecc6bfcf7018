// kernel: k grid=1 block=64
// arg: int* x 1 in
// arg: int* out 1 out
// The second warp comes late enough here; nothing orders it.
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int data;
    if (threadIdx.x == 0) data = x[0];  // @data
    if (threadIdx.x == 32) out[0] = data;  // expect: race data[0] with @data
}
