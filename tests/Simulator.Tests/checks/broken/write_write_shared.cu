// kernel: k grid=1 block=64
// arg: int* out 1 out
extern "C" __global__ void k(int* out) {
    __shared__ int winner;
    winner = threadIdx.x;  // expect: race winner[0] with @itself // @itself
    __syncthreads();
    if (threadIdx.x == 0) out[0] = winner;
}
