using KernelForge.Agents.Suite;

namespace KernelForge.Agents.Tests.Suite;

/// <summary>
/// Speeds of light against values computed by hand from each task's sizes: what must be read and written in bytes, the multiplications and
/// additions of its products, and from both the time on an H200 (4.8 TB/s, 67 TFLOP/s in float32).
/// </summary>
public sealed class SpeedOfLightTests
{
    private const double Float = 4;
    private const double Index = 8;
    private const double BytesPerMs = 4.8e9;
    private const double OperationsPerMs = 67e9;

    private static readonly TaskSuite Suite = TaskSuite.Load(Repository.Root);
    private static readonly SuiteRecords Records = SuiteRecords.Load(Repository.Root);

    public static TheoryData<string, double, double> ByHand => new()
    {
        // Element by element: everything once in, once out.
        { "activation/relu", 2.0 * 4096.0 * 393_216.0 * Float, 0 },
        { "activation/softmax", 2.0 * 4096.0 * 393_216.0 * Float, 0 },
        { "broadcast/clamp_broadcast", (2.0 * 512.0 * 1024.0 + 2.0 * 2048.0) * Float, 0 },
        { "math/masked_cumsum", 32_768.0 * 32_768.0 * (Float + Float + 1.0), 0 },
        { "optimizer/adam", 5.0 * 512.0 * 2048.0 * Float, 0 },
        { "optimizer/sgd", 4.0 * 4_194_304.0 * Float, 0 },
        { "normalization/batch_norm", (2.0 * 64.0 * 64.0 * 512.0 * 512.0 + 2.0 * 64.0) * Float, 0 },
        { "normalization/layer_norm", (2.0 * 64.0 + 2.0) * 64.0 * 256.0 * 256.0 * Float, 0 },

        // Down to less: the input counts.
        { "reduce/sum_reduction_over_a_dimension", (128.0 * 4096.0 * 4096.0 + 128.0 * 4096.0) * Float, 0 },
        { "loss/cross_entropy_loss", (32_768.0 * 4096.0 + 1.0) * Float + 32_768.0 * Index, 0 },
        { "loss/hinge_loss_strict", (32_768.0 * 32_768.0 + 32_768.0 + 1.0) * Float, 0 },
        { "index/argmax_over_a_dimension", 128.0 * 4096.0 * 4095.0 * Float + 128.0 * 4095.0 * Index, 0 },

        // 46 windows of 11 leave the last 6 of 512 rows; along a row, sectors of 8 floats leave none of 506 columns' 64 sectors.
        { "pooling/average_pooling_2d", 16.0 * 64.0 * (506.0 * 512.0 + 46.0 * 46.0) * Float, 0 },

        // Bilinear without antialias at a quarter of the size looks at 2 of 4 rows, and at every sector of those.
        { "resize/downsample_bilinear", 4.0 * 128.0 * (240.0 / 2.0 * 320.0 + 60.0 * 80.0) * Float, 0 },
        { "resize/bilinear_upsample", 8.0 * 256.0 * (64.0 * 64.0 + 128.0 * 128.0) * Float, 0 },

        // Rows that indices name: 65,536 draws from 100,000 hit 100,000 (1 − e^−0.65536) of them.
        { "index/embedding", 512.0 * 128.0 * (Index + 768.0 * Float) + 100_000.0 * 0.480745 * 768.0 * Float, 0 },
        { "index/index_copy_strict", (8192.0 * 1024.0 + (8192.0 - 2048.0) * 1024.0 + 2048.0 * 1024.0) * Float + 2048.0 * Index, 0 },
        { "index/inplace_update_strict", 2.0 * 2048.0 * 1024.0 * Float + 2048.0 * Index, 0 },
        { "index/index_add", (2.0 * 1024.0 * 4096.0 + 8192.0 * 4096.0) * Float + 8192.0 * Index, 0 },

        // Products: 2 m n k. Of two triangular matrices n³/3; of a diagonal one, one multiplication an element; of symmetric ones, half is read and all computed.
        { "matmul/square_matrix_multiplication", 3.0 * 4096.0 * 4096.0 * Float, 2.0 * 4096.0 * 4096.0 * 4096.0 },
        { "matmul/matmul_for_lower_triangular_matrices_strict", (4096.0 * 4096.0 + 2.0 * (4096.0 * 4097.0 / 2.0)) * Float, 4096.0 * 4096.0 * 4096.0 / 3.0 },
        { "matmul/matmul_with_diagonal_matrices", (4096.0 + 2.0 * 4096.0 * 4096.0) * Float, 4096.0 * 4096.0 },
        { "matmul/matmul_for_symmetric_matrices", (4096.0 * 4096.0 + 2.0 * (4096.0 * 4097.0 / 2.0)) * Float, 2.0 * 4096.0 * 4096.0 * 4096.0 },
        { "matmul/matrix_vector_multiplication", (2048.0 * 1_048_576.0 + 1_048_576.0 + 2048.0) * Float, 2.0 * 2048.0 * 1_048_576.0 },
        { "fuse/gemm_add_relu", (1024.0 * 8192.0 + 8192.0 * 8192.0 + 8192.0 + 1024.0 * 8192.0) * Float, 2.0 * 1024.0 * 8192.0 * 8192.0 },
        { "arch/vanilla_rnn", (2.0 * 256.0 * 16_384.0 + 32_768.0 * 16_384.0 + 16_384.0 + 16_384.0 * 8192.0 + 8192.0 + 256.0 * 8192.0) * Float, 2.0 * 256.0 * (32_768.0 * 16_384.0 + 16_384.0 * 8192.0) },

        // Convolutions: two operations for each output, input channel of its group and tap; transposed ones for each input.
        { "convolution/conv_standard_2d_square_input_square_kernel", (256.0 * 3.0 * 224.0 * 224.0 + 96.0 * 3.0 * 11.0 * 11.0 + 96.0 + 256.0 * 96.0 * 55.0 * 55.0) * Float, 2.0 * 256.0 * 96.0 * 55.0 * 55.0 * 3.0 * 121.0 },
        { "convolution/conv_pointwise_2d", (16.0 * 64.0 * 1024.0 * 1024.0 + 128.0 * 64.0 + 16.0 * 128.0 * 1024.0 * 1024.0) * Float, 2.0 * 16.0 * 128.0 * 1024.0 * 1024.0 * 64.0 },
        { "convolution/conv_depthwise_2d_square_input_square_kernel", (16.0 * 64.0 * 512.0 * 512.0 + 64.0 * 9.0 + 16.0 * 64.0 * 510.0 * 510.0) * Float, 2.0 * 16.0 * 64.0 * 510.0 * 510.0 * 9.0 },
        { "convolution/conv_transposed_2d_square_input_square_kernel", (8.0 * 64.0 * 1024.0 * 1024.0 + 64.0 * 64.0 * 9.0 + 8.0 * 64.0 * 1026.0 * 1026.0) * Float, 2.0 * 8.0 * 64.0 * 1024.0 * 1024.0 * 64.0 * 9.0 },

        // Attention: 4 · queries · keys that are seen · width. Of 2048 positions that see 256 before them and themselves: 2048 · 257 − 256 · 257 / 2.
        { "attention/scaled_dot_product_attention", 4.0 * 32.0 * 32.0 * 512.0 * 1024.0 * Float, 4.0 * 32.0 * 32.0 * 512.0 * 512.0 * 1024.0 },
        { "attention/kv_cached_chat_batch_attention", (2.0 * 8.0 * 4096.0 * 4096.0 + 2.0 * 8.0 * 4096.0) * Float, 4.0 * 8.0 * 4096.0 * 4096.0 },
        { "attention/windowed_causal_attention", (2.0 * 4.0 * 2048.0 * 1024.0 + 4.0 * (1024.0 * 1024.0 + 1024.0)) * Float, 4.0 * 2.0 * 8192.0 * 1024.0 * 1024.0 + 4.0 * 4.0 * 1024.0 * (2048.0 * 257.0 - 256.0 * 257.0 / 2.0) },
    };

    [Theory]
    [MemberData(nameof(ByHand))]
    public void A_speed_of_light_is_what_hand_computation_gives(string task, double bytes, double operations)
    {
        var cost = Records.Cost(task, Suite.Tasks.Single(entry => entry.Name == task).Sha256!)!.Cost;
        Assert.Equal("H200", cost.Device);
        Assert.InRange(cost.CompulsoryBytes, bytes * 0.9999, bytes * 1.0001);
        Assert.InRange(cost.SpeedOfLightMs, Math.Max(bytes / BytesPerMs, operations / OperationsPerMs) * 0.999, Math.Max(bytes / BytesPerMs, operations / OperationsPerMs) * 1.02);
        Assert.Equal(operations / OperationsPerMs > bytes / BytesPerMs ? "operations" : "bandwidth", cost.Limiter);
    }
}
