// kernel: k grid=2 block=32
// arg: int* slots 32 inout zero
// arg: int* out 32 out
// The flag is raised by lane 0 while the other lanes' slots have not been ordered before it.
__device__ volatile int ready;
extern "C" __global__ void k(int* slots, int* out) {
    if (blockIdx.x == 0) {
        if (threadIdx.x == 0) {
            __threadfence();
            ready = 1;
        }
        __syncwarp();
        slots[threadIdx.x] = threadIdx.x;  // @slot
    } else {
        while (ready == 0) { }
        __threadfence();
        out[threadIdx.x] = slots[threadIdx.x];  // expect: race slots[0] with @slot
    }
}
