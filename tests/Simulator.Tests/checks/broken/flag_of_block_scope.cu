// kernel: k grid=2 block=1
// arg: int* data 1 inout zero
// arg: int* flag 1 inout zero
// arg: int* out 1 out
// The flag itself races too: its scope leaves the other block out.
#include <cuda/atomic>
extern "C" __global__ void k(int* data, int* flag, int* out) {
    if (blockIdx.x == 0) {
        data[0] = 42;  // @data
        asm volatile("st.release.cta.global.s32 [%0], 1;" ::"l"(flag) : "memory");  // @flag
    } else {
        int seen;
        do {
            asm volatile("ld.acquire.gpu.global.s32 %0, [%1];" : "=r"(seen) : "l"(flag) : "memory");  // expect: race flag[0] with @flag
        } while (seen == 0);
        out[0] = data[0];  // expect: race data[0] with @data
    }
}
