// kernel: k grid=1 block=32
// arg: float* out 32 out
extern "C" __global__ void k(float* out) {
    __shared__ float4 s[17];
    float* words = (float*)s;
    words[threadIdx.x] = threadIdx.x;
    words[threadIdx.x + 32] = threadIdx.x;
    __syncthreads();
    float2 pair = *(float2*)(words + threadIdx.x);  // expect: misaligned shared memory
    out[threadIdx.x] = pair.x + pair.y;
}
