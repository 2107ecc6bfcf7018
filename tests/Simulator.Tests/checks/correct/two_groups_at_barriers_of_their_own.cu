// kernel: k grid=1 block=128
// arg: int* x 128 in
// arg: int* out 128 out
// result: out = reversed_chunks(x, 64)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[128];
    unsigned int group = threadIdx.x / 64;
    s[threadIdx.x] = x[threadIdx.x];
    asm volatile("bar.sync %0, 64;" ::"r"(group + 1) : "memory");
    out[threadIdx.x] = s[group * 64 + 63 - threadIdx.x % 64];
}
