// kernel: k grid=1 block=32
// arg: int* x 32 in
// arg: int* out 1 out
// result: out = sum(x)
// One word goes from lane to lane; each waits for the one before it.
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int sum;
    __shared__ volatile int turn;
    unsigned int lane = threadIdx.x;
    if (lane == 0) {
        sum = 0;
        turn = 0;
    }
    __syncwarp();
    while (turn != lane) { }
    __threadfence_block();
    sum += x[lane];
    __threadfence_block();
    turn = lane + 1;
    __syncwarp();
    if (lane == 0) out[0] = sum;
}
