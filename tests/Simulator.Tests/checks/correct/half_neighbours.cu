// kernel: k grid=2 block=33
// arg: half* x 66 in
// arg: half* out 66 out
// result: out = scaled(x, 2)
// Blocks meet in the middle of a word.
#include <cuda_fp16.h>
extern "C" __global__ void k(const __half* x, __half* out) {
    int i = blockIdx.x * 33 + threadIdx.x;
    out[i] = __hadd(x[i], x[i]);
}
