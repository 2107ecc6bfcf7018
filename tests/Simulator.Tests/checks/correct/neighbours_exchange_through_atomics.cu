// kernel: k grid=2 block=32
// arg: int* x 64 in
// arg: int* slots 64 inout zero
// arg: int* flags 2 inout zero
// arg: int* out 64 out
// result: out = rotated(x, 32)
// red for the count, relaxed loads for the wait, atomics for the data itself.
extern "C" __global__ void k(const int* x, int* slots, int* flags, int* out) {
    int i = blockIdx.x * 32 + threadIdx.x;
    atomicExch(&slots[i], x[i]);
    __threadfence();
    atomicAdd(&flags[blockIdx.x], 1);
    while (*(volatile int*)&flags[1 - blockIdx.x] < 32) { }
    __threadfence();
    out[i] = slots[(i + 32) % 64];
}
