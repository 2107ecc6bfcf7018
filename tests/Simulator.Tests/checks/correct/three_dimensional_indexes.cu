// kernel: k grid=2,2,2 block=4,2,2
// arg: int* out 128 out
// result: out = iota(128)
extern "C" __global__ void k(int* out) {
    int x = blockIdx.x * 4 + threadIdx.x, y = blockIdx.y * 2 + threadIdx.y, z = blockIdx.z * 2 + threadIdx.z;
    int i = (z * 4 + y) * 8 + x;
    out[i] = i;
}
