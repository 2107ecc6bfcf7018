// kernel: k grid=1 block=32
// arg: int* x 256 in
// arg: int* out 256 out
// result: out = reversed_chunks(x, 32)
__device__ void fetch(int* to, const int* from) {
    unsigned int at = (unsigned int)__cvta_generic_to_shared(to);
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(at), "l"(from) : "memory");
    asm volatile("cp.async.commit_group;" ::: "memory");
}
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int s[2][32];
    unsigned int t = threadIdx.x;
    fetch(&s[0][t], x + t);
    for (int i = 0; i < 8; ++i) {
        if (i + 1 < 8) {
            fetch(&s[(i + 1) & 1][t], x + (i + 1) * 32 + t);
            asm volatile("cp.async.wait_group 1;" ::: "memory");
        } else {
            asm volatile("cp.async.wait_group 0;" ::: "memory");
        }
        __syncthreads();
        out[i * 32 + t] = s[i & 1][31 - t];
        __syncthreads();
    }
}
