// kernel: k grid=1 block=32
// arg: uint* x 32 in
// arg: int* out 32 out
// result: out = same(x)
extern "C" __global__ void k(const unsigned int* x, int* out) { out[threadIdx.x] = __popc(__match_any_sync(~0u, x[threadIdx.x])); }
