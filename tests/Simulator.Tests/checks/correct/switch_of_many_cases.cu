// kernel: k grid=1 block=64
// arg: int* x 64 in iota
// arg: int* out 64 out
// result: out = square(x)
extern "C" __global__ void k(const int* x, int* out) {
    int v = x[threadIdx.x], r = 0;
    switch (v % 8) {
        case 0: r = v * v; break;
        case 1: r = (v - 1) * (v + 1) + 1; break;
        case 2: r = v * (v - 2) + 2 * v; break;
        case 3: for (int i = 0; i < v; ++i) r += v; break;
        case 4: r = v * v + v - v; break;
        case 5: r = (v + 5) * (v - 5) + 25; break;
        case 6: for (int i = 0; i < v; ++i) r += 2 * i + 1; break;
        default: r = -v * -v; break;
    }
    out[threadIdx.x] = r;
}
