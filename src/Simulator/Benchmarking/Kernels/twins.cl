// The benchmark's kernels in OpenCL C: the same work, the same shapes. What a warp shuffle does in CUDA, local memory does here.
kernel void copy(global const float* restrict x, global float* restrict out, int n) {
    int i = get_global_id(0);
    if (i < n) out[i] = x[i];
}
kernel void saxpy(global const float* restrict x, global const float* restrict y, global float* restrict out, float a, int n) {
    for (int i = get_global_id(0); i < n; i += get_global_size(0)) out[i] = a * x[i] + y[i];
}
kernel void matmul_naive(global const float* restrict a, global const float* restrict b, global float* restrict out, int m, int k, int n) {
    int row = get_global_id(1), col = get_global_id(0);
    if (row < m && col < n) {
        float acc = 0.0f;
        for (int i = 0; i < k; ++i) acc += a[row * k + i] * b[i * n + col];
        out[row * n + col] = acc;
    }
}
kernel void matmul_tiled(global const float* restrict a, global const float* restrict b, global float* restrict out, int m, int k, int n) {
    local float as[16][16], bs[16][17];
    int tx = get_local_id(0), ty = get_local_id(1);
    int row = get_group_id(1) * 16 + ty, col = get_group_id(0) * 16 + tx;
    float acc = 0.0f;
    for (int k0 = 0; k0 < k; k0 += 16) {
        as[ty][tx] = (row < m && k0 + tx < k) ? a[row * k + k0 + tx] : 0.0f;
        bs[ty][tx] = (col < n && k0 + ty < k) ? b[(k0 + ty) * n + col] : 0.0f;
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int i = 0; i < 16; ++i) acc += as[ty][i] * bs[i][tx];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (row < m && col < n) out[row * n + col] = acc;
}
kernel void softmax(global const float* restrict x, global float* restrict out, int cols) {
    local float part[256];
    global const float* row = x + (long)get_group_id(0) * cols;
    global float* result = out + (long)get_group_id(0) * cols;
    int tid = get_local_id(0), size = get_local_size(0);
    float top = -INFINITY;
    for (int c = tid; c < cols; c += size) top = fmax(top, row[c]);
    part[tid] = top;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = size / 2; d > 0; d >>= 1) {
        if (tid < d) part[tid] = fmax(part[tid], part[tid + d]);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    top = part[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    float sum = 0.0f;
    for (int c = tid; c < cols; c += size) sum += exp(row[c] - top);
    part[tid] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = size / 2; d > 0; d >>= 1) {
        if (tid < d) part[tid] += part[tid + d];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sum = part[0];
    for (int c = tid; c < cols; c += size) result[c] = exp(row[c] - top) / sum;
}
kernel void layernorm(global const float* restrict x, global const float* restrict weight, global const float* restrict bias, global float* restrict out, int cols, float eps) {
    local float sums[256], squared[256];
    global const float* row = x + (long)get_group_id(0) * cols;
    int tid = get_local_id(0), size = get_local_size(0);
    float sum = 0.0f, squares = 0.0f;
    for (int c = tid; c < cols; c += size) {
        float v = row[c];
        sum += v;
        squares += v * v;
    }
    sums[tid] = sum;
    squared[tid] = squares;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = size / 2; d > 0; d >>= 1) {
        if (tid < d) {
            sums[tid] += sums[tid + d];
            squared[tid] += squared[tid + d];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    float mean = sums[0] / cols;
    float scale = rsqrt(squared[0] / cols - mean * mean + eps);
    for (int c = tid; c < cols; c += size) out[(long)get_group_id(0) * cols + c] = (row[c] - mean) * scale * weight[c] + bias[c];
}
kernel void block_sum(global const float* restrict x, global float* restrict out, int n) {
    local float part[256];
    int tid = get_local_id(0);
    float sum = 0.0f;
    for (int i = get_global_id(0); i < n; i += get_global_size(0)) sum += x[i];
    part[tid] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = 128; d > 0; d >>= 1) {
        if (tid < d) part[tid] += part[tid + d];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (tid == 0) out[get_group_id(0)] = part[0];
}
kernel void histogram(global const int* restrict x, global int* out, int n) {
    local int bins[256];
    int tid = get_local_id(0);
    bins[tid] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = get_global_id(0); i < n; i += get_global_size(0)) atomic_add(&bins[x[i] & 255], 1);
    barrier(CLK_LOCAL_MEM_FENCE);
    atomic_add(&out[tid], bins[tid]);
}
kernel void convolution(global const float* restrict x, global const float* restrict w, global float* restrict out, int width, int height) {
    int col = get_global_id(0), row = get_global_id(1);
    if (col >= width || row >= height) return;
    float acc = 0.0f;
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
            int r = row + dy, c = col + dx;
            if (r >= 0 && r < height && c >= 0 && c < width) acc += x[r * width + c] * w[(dy + 1) * 3 + dx + 1];
        }
    out[row * width + col] = acc;
}
kernel void transpose(global const float* restrict x, global float* restrict out, int n) {
    local float tile[32][32];
    int tx = get_local_id(0), ty = get_local_id(1);
    int col = get_group_id(0) * 32 + tx, row = get_group_id(1) * 32 + ty;
    for (int i = 0; i < 32; i += 8) tile[ty + i][tx] = x[(row + i) * n + col];
    barrier(CLK_LOCAL_MEM_FENCE);
    col = get_group_id(1) * 32 + tx;
    row = get_group_id(0) * 32 + ty;
    for (int i = 0; i < 32; i += 8) out[(row + i) * n + col] = tile[tx][ty + i];
}
kernel void transpose_padded(global const float* restrict x, global float* restrict out, int n) {
    local float tile[32][33];
    int tx = get_local_id(0), ty = get_local_id(1);
    int col = get_group_id(0) * 32 + tx, row = get_group_id(1) * 32 + ty;
    for (int i = 0; i < 32; i += 8) tile[ty + i][tx] = x[(row + i) * n + col];
    barrier(CLK_LOCAL_MEM_FENCE);
    col = get_group_id(1) * 32 + tx;
    row = get_group_id(0) * 32 + ty;
    for (int i = 0; i < 32; i += 8) out[(row + i) * n + col] = tile[tx][ty + i];
}
kernel void gather(global const float* restrict x, global const int* restrict index, global float* restrict out, int n) {
    int i = get_global_id(0);
    if (i < n) out[i] = x[index[i]];
}
kernel void divergent(global const float* restrict x, global const int* restrict trips, global float* restrict out, int n) {
    int i = get_global_id(0);
    if (i >= n) return;
    float v = x[i], sum = 0.0f;
    int count = trips[i] & 63;
    for (int t = 0; t < count; ++t) sum = sum * 0.5f + v;
    out[i] = sum;
}
