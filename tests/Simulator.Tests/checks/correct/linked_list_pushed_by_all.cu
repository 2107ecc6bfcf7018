// kernel: k grid=2 block=32
// arg: int* x 64 in iota
// arg: int* links 64 scratch
// arg: int* head 1 inout zero
// arg: int* seen 64 out
// arg: int* ticket 1 inout zero
// result: seen = constant(64, 1)
// Treiber's stack; the last thread walks it.
extern "C" __global__ void k(const int* x, int* links, int* head, int* seen, int* ticket) {
    int i = blockIdx.x * 32 + threadIdx.x;
    int old = *(volatile int*)head;
    while (true) {
        links[i] = old;
        __threadfence();
        int found = atomicCAS(head, old, i + 1);
        if (found == old) break;
        old = found;
    }
    __threadfence();
    if (atomicAdd(ticket, 1) == 63) {
        __threadfence();
        for (int at = *(volatile int*)head; at != 0; at = links[at - 1]) seen[at - 1] = 1;
    }
}
