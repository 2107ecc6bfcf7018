// kernel: k grid=2 block=1
// arg: int* data 1 inout zero
// arg: int* out 1 out
__device__ volatile int flag;
extern "C" __global__ void k(int* data, int* out) {
    if (blockIdx.x == 0) {
        data[0] = 42;  // @data
        flag = 1;
    } else {
        while (flag == 0) { }
        __threadfence();
        out[0] = data[0];  // expect: race data[0] with @data
    }
}
