// kernel: k grid=10 block=1
// arg: int* x 10 in
// arg: int* data 10 scratch
// arg: int* flags 10 inout zero
// arg: int* out 10 out
// result: out = scan(x)
// Block b reads what every block before it wrote, and waits only for the one before.
extern "C" __global__ void k(const int* x, int* data, volatile int* flags, int* out) {
    int b = blockIdx.x;
    data[b] = x[b];
    if (b > 0) {
        while (flags[b - 1] == 0) { }
        __threadfence();
    }
    int sum = 0;
    for (int i = 0; i <= b; ++i) sum += data[i];
    out[b] = sum;
    __threadfence();
    flags[b] = 1;
}
