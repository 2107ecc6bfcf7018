// kernel: k grid=1 block=64
// arg: int* x 50 in
// arg: int* out 1 out
// arg: int n = 50
// result: out = sum(x)
extern "C" __global__ void k(const int* x, int* out, int n) {
    __shared__ int s[64];
    unsigned int to = (unsigned int)__cvta_generic_to_shared(s + threadIdx.x);
    int bytes = threadIdx.x < n ? 4 : 0;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(to), "l"(x + (bytes ? threadIdx.x : 0)), "r"(bytes) : "memory");
    asm volatile("cp.async.wait_all;" ::: "memory");
    __syncthreads();
    if (threadIdx.x == 0) {
        int sum = 0;
        for (int i = 0; i < 64; ++i) sum += s[i];
        out[0] = sum;
    }
}
