// kernel: k grid=1 block=4
// arg: int* out 4 out
struct Sizes { int of[4]; };
extern "C" __global__ void k(int* out, const __grid_constant__ Sizes sizes) {
    asm volatile("st.u32 [%0], 0;" ::"l"(&sizes.of[threadIdx.x]) : "memory");  // expect: read_only_write parameters
    out[threadIdx.x] = sizes.of[threadIdx.x];
}
