extern "C" __global__ void heap(int* y, int n) {
    int* p = (int*)malloc(sizeof(int) * n);
    if (p == nullptr) { y[threadIdx.x] = -1; return; }
    for (int i = 0; i < n; i++) p[i] = i * threadIdx.x;
    int s = 0;
    for (int i = 0; i < n; i++) s += p[i];
    y[threadIdx.x] = s;
    free(p);
    int* q = new int[4]{1,2,3,4};
    y[threadIdx.x] += q[threadIdx.x & 3];
    delete[] q;
}
