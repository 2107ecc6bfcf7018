/*launch-plan
{
  "launches": [
    { "kernel": "matmul", "grid": ["ceil_div(N, 16)", "ceil_div(N, 16)"], "block": [16, 16], "args": ["A", "B", "out", "N"] }
  ]
}
*/

// One thread for each element of the product. Right, but every element of A and B is fetched N times:
// two loads for each multiplication, so the load units are the limit and not the arithmetic.

extern "C" __global__ void matmul(const float* A, const float* B, float* C, int n) {
    int row = blockIdx.y * 16 + threadIdx.y;
    int column = blockIdx.x * 16 + threadIdx.x;
    if (row < n && column < n) {
        float sum = 0.0f;
        for (int k = 0; k < n; ++k) {
            sum += A[(long long)row * n + k] * B[(long long)k * n + column];
        }
        C[(long long)row * n + column] = sum;
    }
}
