// kernel: k grid=1 block=4
// arg: int* out 4 out
__constant__ int table[4] = {1, 2, 3, 4};
extern "C" __global__ void k(int* out) {
    asm volatile("st.u32 [%0], 0;" ::"l"(&table[threadIdx.x]) : "memory");  // expect: read_only_write table[0]
    out[threadIdx.x] = 1;
}
