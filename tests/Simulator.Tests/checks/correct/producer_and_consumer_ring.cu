// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: int* out 64 out
// result: out = scaled(x, 3)
// A ring of four slots with volatile counters in shared memory.
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int ring[4];
    __shared__ volatile int written, taken;
    if (threadIdx.x == 0) written = taken = 0;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 0; i < 64; ++i) {
            while (i - taken >= 4) { }
            __threadfence_block();
            ring[i % 4] = x[i];
            __threadfence_block();
            written = i + 1;
        }
    } else if (threadIdx.x == 32) {
        for (int i = 0; i < 64; ++i) {
            while (written <= i) { }
            __threadfence_block();
            out[i] = 3 * ring[i % 4];
            __threadfence_block();
            taken = i + 1;
        }
    }
}
