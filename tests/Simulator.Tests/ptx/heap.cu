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
extern "C" __global__ void churn(int* y, int n) {
    int s = 0;
    for (int i = 0; i < n; i++) {
        volatile int* p = (volatile int*)malloc(64);
        *p = i;
        s += *p;
        free((void*)p);
    }
    y[threadIdx.x] = s;
}
extern "C" __global__ void used_after_free(int* y) {
    volatile int* p = (volatile int*)malloc(16);
    *p = 1;
    free((void*)p);
    y[0] = *p;
}
extern "C" __global__ void freed_twice(int* y) {
    volatile int* p = (volatile int*)malloc(16);
    *p = 1;
    y[0] = *p;
    free((void*)p);
    free((void*)p);
}
extern "C" __global__ void past_the_end(int* y) {
    volatile int* p = (volatile int*)malloc(16);
    p[0] = 1;
    p[4] = 2;
    y[0] = p[0];
    free((void*)p);
}
