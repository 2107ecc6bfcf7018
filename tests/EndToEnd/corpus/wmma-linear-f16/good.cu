/*launch-plan
{
  "launches": [
    { "kernel": "linear_relu", "grid": ["x.shape[0] // 16", "weight.shape[0] // 16"], "block": [32],
      "args": ["x", "weight", "out", "x.shape[1]", "weight.shape[0]"] }
  ]
}
*/
#include <cuda_fp16.h>
#include <mma.h>
using namespace nvcuda;

// One warp, one tile of 16 x 16: x by rows, the weight's rows are the columns of its transpose.
extern "C" __global__ void linear_relu(const half* __restrict__ x, const half* __restrict__ weight, half* __restrict__ out, int inner, int cols) {
    __shared__ float tile[16 * 20];
    int row = blockIdx.x * 16, col = blockIdx.y * 16;
    wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> a;
    wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::col_major> b;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum;
    wmma::fill_fragment(sum, 0.0f);
    for (int k = 0; k < inner; k += 16) {
        wmma::load_matrix_sync(a, x + row * inner + k, inner);
        wmma::load_matrix_sync(b, weight + col * inner + k, inner);
        wmma::mma_sync(sum, a, b, sum);
    }

    for (int i = 0; i < sum.num_elements; i++) {
        sum.x[i] = fmaxf(sum.x[i], 0.0f);
    }

    wmma::store_matrix_sync(tile, sum, 20, wmma::mem_row_major);
    __syncwarp();
    for (int i = threadIdx.x; i < 256; i += 32) {
        out[(row + i / 16) * cols + col + i % 16] = __float2half(tile[i / 16 * 20 + i % 16]);
    }
}
