// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 64 out
// result: out = collatz(x)
extern "C" __global__ void k(const int* x, int* out) {
    long long n = x[threadIdx.x];
    int steps = 0;
    while (true) {
        if (n <= 1) break;
        if (n % 2) n = 3 * n + 1;
        else n /= 2;
        if (++steps > 100000) break;
    }
    out[threadIdx.x] = steps;
}
