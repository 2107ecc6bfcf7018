// kernel: k grid=1 block=32
// arg: uchar* x 640 in
// arg: int* bins 8 out
// result: bins = histogram(x, 8)
// Each lane counts into its own column of bytes: neighbours in a word belong to different lanes.
extern "C" __global__ void k(const unsigned char* x, int* bins) {
    __shared__ unsigned char own[8][32];
    unsigned int t = threadIdx.x;
    for (int b = 0; b < 8; ++b) own[b][t] = 0;
    for (int i = t; i < 640; i += 32) own[x[i] % 8][t]++;
    __syncwarp();
    if (t < 8) {
        int sum = 0;
        for (int i = 0; i < 32; ++i) sum += own[t][i];
        bins[t] = sum;
    }
}
