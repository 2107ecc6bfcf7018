using System.Text;
using KernelForge.Agents.Student;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.EndToEnd.Student;

/// <summary>What the student writes without a mistake is right, by the evaluator's word.</summary>
public sealed class StudentKernelTests
{
    private static readonly string Tasks = Path.Combine(Evaluations.Root, "bench-tasks");

    /// <summary>One of each family, with every change that it knows.</summary>
    public static TheoryData<string> OneOfEachFamily { get; } =
    [
        "activation/gelu", "broadcast/division_broadcast", "activation/softmax_strict", "reduce/product_reduction_over_a_dimension_strict", "loss/hinge_loss_strict",
        "matmul/matmul_with_transposed_a", "matmul/batched_matrix_multiplication",
    ];

    /// <summary>Every task of the suite whose operator the student knows.</summary>
    public static TheoryData<string> All { get; } = [.. KnownTasks()];

    [Theory]
    [MemberData(nameof(OneOfEachFamily))]
    public async Task Every_change_that_the_student_knows_leaves_its_kernel_right(string task)
    {
        var family = Knowledge.Of(task)!;
        var design = family.Naive;
        for (var open = Move.Open(family, design); open.Count > 0; open = Move.Open(family, design))
        {
            // Each change on top of the ones before; the block grows once and does not shrink again.
            design = open[0].Apply(design);
            await RequirePassAsync(task, family.Write(design), design);
            if (open[0].Name is "larger_block" or "smaller_block")
            {
                break;
            }
        }
    }

    [Theory]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(All))]
    public async Task The_student_s_plain_kernel_passes(string task)
    {
        var family = Knowledge.Of(task)!;

        await RequirePassAsync(task, family.Write(family.Naive), family.Naive);
    }

    [Fact]
    public void The_student_knows_at_least_thirty_tasks_of_the_suite() => Assert.InRange(KnownTasks().Count(), 30, int.MaxValue);

    private static IEnumerable<string> KnownTasks() => Directory.EnumerateFiles(Tasks, "*.py", SearchOption.AllDirectories)
        .Select(file => Path.ChangeExtension(Path.GetRelativePath(Tasks, file), null)).Where(task => Knowledge.Of(task) is not null).Order(StringComparer.Ordinal);

    private static async Task RequirePassAsync(string task, string code, Design design)
    {
        Evaluations.RequireToolbox();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, code, new UTF8Encoding(false), TestContext.Current.CancellationToken);
            foreach (var preset in new[] { "small", "odd" })
            {
                var outcome = await Evaluations.JudgeAsync(Evaluations.Request(Path.Combine(Tasks, task + ".py"), file) with { TaskName = task, Preset = preset });
                Assert.True(outcome is Passed, $"{task}, {preset}: {outcome.Status}: {outcome.Message}\n{outcome.Diagnostics}\n{design}\n{code}");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
