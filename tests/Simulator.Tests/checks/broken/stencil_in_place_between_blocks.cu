// kernel: k grid=2 block=32
// arg: float* x 65 inout
// A warp in step reads all before it writes; the second block reads what the first one wrote.
extern "C" __global__ void k(float* x) {
    int i = blockIdx.x * 32 + threadIdx.x;
    float here = x[i], next = x[i + 1];  // @read
    __syncwarp();
    x[i] = here + next;  // expect: race x[32] with @read
}
