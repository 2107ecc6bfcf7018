// kernel: k grid=1 block=64
// arg: int* x 64 in
// arg: int* out 64 inout zero
// result: out = positives(x)
extern "C" __global__ void k(const int* x, int* out) {
    __shared__ int counts[2];
    int v = x[threadIdx.x];
    unsigned int ballot = __ballot_sync(~0u, v > 0);
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    if (lane == 0) counts[warp] = __popc(ballot);
    __syncthreads();
    if (v > 0) out[(warp ? counts[0] : 0) + __popc(ballot & ((1u << lane) - 1))] = v;
}
