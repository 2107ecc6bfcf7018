using System.Diagnostics;
using System.Text;

namespace KernelForge.EndToEnd;

/// <summary>Whatever a solution file holds, the real evaluator gives a verdict whose message names the place and the remedy.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly BadInput _input = new();

    public void Dispose() => _input.Dispose();

    [Theory]
    [InlineData("*/", "*/ // changed nothing", "passed", "passed 5 trials")]
    [InlineData(BadInput.Plan, "", "plan_error", "there is no launch plan; a solution begins with a comment /*launch-plan|(line 1, column 1)")]
    [InlineData("\"kernel\":", "kernel:", "plan_error", "the launch plan is not JSON|names in double quotes|(line 2, column 19)")]
    [InlineData("[\"x\", \"out\"", "[\"y\", \"out\"", "plan_error", "launches[0].args[0]: 'y' is not a tensor of this task; known: x, out|(line 2, column ")]
    [InlineData(", \"x.numel\"]", "]", "plan_error", "launches[0].args: 2 arguments; kernel 'twice' takes 3: (const float*, float*, int)|(line 2, column ")]
    [InlineData(", \"x.numel\"]", ", \"x\"]", "plan_error", "launches[0].args[2]: 'x' is a tensor (float32); the parameter of 'twice' is int: pass a number")]
    [InlineData("[\"x\", \"out\"", "[1.5, \"out\"", "plan_error", "launches[0].args[0]: 1.5 is a float; the parameter of 'twice' is const float*: pass a tensor")]
    [InlineData("const float* x", "const double* x", "plan_error", "launches[0].args[0]: 'x' is float32; the parameter of 'twice' is const double*; expected a pointer to float|change the parameter")]
    [InlineData("\"ceil_div(x.numel, 64)\"", "0", "plan_error", "launches[0].grid[0]: 0 blocks; at least 1|use max(1, …)")]
    [InlineData("\"ceil_div(x.numel, 64)\"", "\"x.numel - 1000\"", "plan_error", "launches[0].grid[0]: -870 blocks; at least 1|use max(1, …)")]
    [InlineData("\"ceil_div(x.numel, 64)\"", "2147483648", "plan_error", "launches[0].grid[0]: 2147483648 blocks; at most 2147483647: let a thread do more, in a loop")]
    [InlineData("\"block\": [64]", "\"block\": [1025]", "plan_error", "launches[0].block[0]: 1025 threads; at most 1024: use smaller blocks")]
    [InlineData("\"block\": [64]", "\"block\": [64], \"shared_bytes\": 300000", "plan_error", "launches[0].shared_bytes: 300000 bytes of shared memory; at most 232448|use smaller tiles")]
    [InlineData("{ \"launches\"", "{ \"options\": [\"-rdc=true\"], \"launches\"", "plan_error", "options[0]: expected a compiler option of the list; found the string \"-rdc=true\"; known: --use_fast_math")]
    [InlineData("{ \"launches\": [ {", "{ \"launches\": [ { \"repeat\": { \"index\": \"t\", \"count\": 100001 }, \"launches\": [ {", "plan_error", "launches[0].repeat.count: 100001 repetitions; at most 100000: move the loop into a kernel|(line 2, column ")]
    public async Task A_wrong_plan_is_a_plan_error_that_names_place_and_remedy(string from, string to, string status, string parts)
    {
        var text = BadInput.Good.Replace(from, to, StringComparison.Ordinal);
        text = to.Contains("repeat", StringComparison.Ordinal) ? text.Replace("} ] }\n*/", "} ] } ] }\n*/", StringComparison.Ordinal) : text;

        var outcome = await _input.JudgeAsync(text);

        Assert.Equal(status, outcome.Status);
        Assert.All(parts.Split('|'), part => Assert.Contains(part, outcome.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("int main() { return 0; }", "host_code", "a main function; a solution is device code only: remove it")]
    [InlineData("void host() { float* p; cudaMalloc(&p, 4); }", "host_code", "let the launch plan allocate and launch")]
    [InlineData("void host() { twice<<<1, 1>>>(0, 0, 0); }", "host_code", "give grid, block and arguments there")]
    [InlineData("#include \"/etc/passwd\"", "forbidden_include", "include CUDA headers by name, as in <cuda_fp16.h>")]
    [InlineData("#include \"../../secret.h\"", "forbidden_include", "include CUDA headers by name, as in <cuda_fp16.h>")]
    [InlineData("#line 1 \"a.cu\"", "line_directive", "remove it")]
    public async Task A_broken_rule_is_rejected_at_its_line(string line, string kind, string remedy)
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + line + "\n" + BadInput.Head + BadInput.Tail);

        Assert.Equal("rejected", outcome.Status);
        Assert.Equal((kind, 4), (outcome.Findings[0].Kind, outcome.Findings[0].Line));
        Assert.StartsWith("line 4: ", outcome.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out[i] = x[i + 1];", "memory_error", "out_of_bounds_read", 6, "read of 4 bytes at x[130]; x has 130 elements|guard the access by the size")]
    [InlineData("out[i] = 2;", "memory_error", "out_of_bounds_write", 6, "write of 4 bytes at out[130]; out has 130 elements|guard the access by the size")]
    [InlineData("float4 v = *(const float4*)(x + i % 64); if (i < n) out[i] = v.x + v.y + v.z + v.w;", "memory_error", "misaligned", 6, "which is not a multiple of 16|handle the unaligned rest by single elements")]
    [InlineData("if (threadIdx.x < 13) __syncthreads(); if (i < n) out[i] = x[i] * 2;", "sync_error", "barrier_divergence", 6, "reach this barrier|move the barrier to where all threads of the block pass it")]
    [InlineData("__shared__ float s[64]; s[threadIdx.x] = 0; __syncthreads();\n s[threadIdx.x] = i; float v = s[63 - threadIdx.x]; if (i < n) out[i] = v;", "race_error", "race", 7, "not ordered by any barrier|put a barrier between the two")]
    [InlineData("__shared__ float s[64]; if (i < n) out[i] = s[threadIdx.x];", "memory_error", "uninitialised_read", 6, "s[0] in shared memory, which nothing wrote|write it first")]
    [InlineData("if (i < n) { float old = out[i]; out[i] = x[i] * 2 + (old == 1.25f); }", "memory_error", "uninitialised_read", 6, "out[0], which nothing wrote|write it first")]
    [InlineData("if (i < n) { ((float*)x)[i] = 3; out[i] = 6; }", "rejected", "input_changed", 6, "writes to 'x'|write to an output or to a scratch buffer")]
    public async Task A_fault_in_a_kernel_is_found_at_its_line(string body, string status, string kind, int line, string parts)
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + body + "\n}\n");

        Assert.Equal(status, outcome.Status);
        Assert.Contains(outcome.Findings, finding => finding.Kind == kind && finding.Line == line);
        Assert.StartsWith($"line {line}: ", outcome.Message, StringComparison.Ordinal);
        Assert.All(parts.Split('|'), part => Assert.Contains(part, outcome.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_output_that_is_never_written_is_named_with_the_question_to_ask()
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + "if (n < 0) out[i] = 2;\n}\n");

        Assert.Equal("memory_error", outcome.Status);
        Assert.Equal("unwritten_output", Assert.Single(outcome.Findings).Kind);
        Assert.Contains("nothing was written to out; is it passed to the kernel, and does the kernel store its result?", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i == 3 ? nanf(\"\") : x[i] * 2", "out[3] is NaN", "standard")]
    [InlineData("fabsf(x[i]) > 5 ? nanf(\"\") : x[i] * 2", "out differs at preset small, distribution scaled_up", "scaled_up")]
    public async Task A_NaN_is_an_incorrect_number_with_its_place(string value, string place, string distribution)
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + $"if (i < n) out[i] = {value};\n}}\n");

        Assert.Equal("incorrect_numerical", outcome.Status);
        Assert.Contains(place, outcome.Message, StringComparison.Ordinal);
        Assert.Equal(distribution, outcome.Correctness!.Worst!.Distribution);
    }

    // Lanes that part and meet again inside the loop once kept their warp from ever ending its turn.
    [Theory]
    [InlineData("while (n > 0) { if (i < n) out[i] = x[i] * 2; n += x[0] == -1.25f; }")]
    [InlineData("__shared__ volatile int flag; if (i < n) out[i] = x[i] * 2; if (threadIdx.x == 0) flag = 0; __syncthreads(); while (flag == 0) { }")]
    [InlineData("if (i < n) out[i] = x[i] * 2; for (;;) { if (threadIdx.x % 3 == 1) __nanosleep(10); }")]
    public async Task An_endless_loop_times_out_soon_and_shows_where_the_warps_stood(string body)
    {
        var clock = Stopwatch.StartNew();

        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + body + "\n}\n");

        Assert.Equal("timed_out", outcome.Status);
        Assert.StartsWith("line 6: twice did not end within ", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("does a loop or a wait there ever end?", outcome.Message, StringComparison.Ordinal);
        Assert.Contains(outcome.Warps!, warp => warp.Line == 6);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 90);
    }

    [Fact]
    public async Task A_loop_that_repeats_a_finding_for_ever_ends_with_the_finding()
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + "volatile float* o = out; while (o[i % n] != 1e30f) { }\n}\n");

        Assert.Equal("memory_error", outcome.Status);
        Assert.StartsWith("line 6: twice: read of 4 bytes at out[", outcome.Message, StringComparison.Ordinal);
        Assert.Contains(outcome.Warps!, warp => warp.Line == 6);
    }

    [Fact]
    public async Task The_largest_grid_of_blocks_that_leave_at_once_ends_with_a_verdict()
    {
        var text = BadInput.Good.Replace("\"ceil_div(x.numel, 64)\"", "2147483647", StringComparison.Ordinal)
            .Replace("int i = blockIdx.x * 64 + threadIdx.x;", "if (blockIdx.x > 2) return; int i = blockIdx.x * 64 + threadIdx.x;", StringComparison.Ordinal);

        var outcome = await _input.JudgeAsync(text);

        Assert.Equal("timed_out", outcome.Status);
        Assert.Contains("the grid of 2147483647×1×1 blocks", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("launch no more blocks than there is work", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_is_a_plan_error_that_says_what_was_expected()
    {
        var outcome = await _input.JudgeAsync("");

        Assert.Equal("plan_error", outcome.Status);
        Assert.Contains("the solution is empty; expected a file that begins with a /*launch-plan", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_two_megabytes_is_a_plan_error_that_names_the_limit()
    {
        var outcome = await _input.JudgeAsync(BadInput.Good + "//" + new string('x', 2 << 20));

        Assert.Equal("plan_error", outcome.Status);
        Assert.Contains("the limit is 1,048,576 (1 MiB)", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binary_file_is_a_plan_error_that_asks_for_text()
    {
        var request = _input.Request("") with { SolutionPath = _input.File("binary.cu", [0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]) };

        var outcome = await Evaluations.JudgeAsync(request);

        Assert.Equal("plan_error", outcome.Status);
        Assert.Contains("a NUL byte; a solution is text: save it as UTF-8", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_UTF_8_is_a_plan_error_at_the_byte()
    {
        var request = _input.Request("") with { SolutionPath = _input.File("latin.cu", [.. Encoding.UTF8.GetBytes(BadInput.Good + "// caf"), 0xe9, (byte)'\n']) };

        var outcome = await Evaluations.JudgeAsync(request);

        Assert.Equal("plan_error", outcome.Status);
        Assert.Contains("byte 0xE9 is not UTF-8; save the solution as UTF-8 text (line 8, column 7)", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_solution_that_is_not_there_is_a_bad_input_file()
    {
        var reply = await Evaluations.AskAsync(_input.Request("") with { SolutionPath = _input.PathOf("missing.cu") });

        Assert.Equal(65, reply.Fault!.ExitCode);
        Assert.Contains("missing.cu cannot be read: there is no such file", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_solution_that_is_a_folder_is_a_bad_input_file()
    {
        var reply = await Evaluations.AskAsync(_input.Request("") with { SolutionPath = _input.PathOf(".") });

        Assert.Equal(65, reply.Fault!.ExitCode);
        Assert.Contains("it is a folder; expected a file", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_solution_that_is_a_named_pipe_keeps_nobody_waiting()
    {
        Repository.Run("mkfifo", [_input.PathOf("pipe.cu")]);

        var reply = await Evaluations.AskAsync(_input.Request("") with { SolutionPath = _input.PathOf("pipe.cu") });

        Assert.Equal(65, reply.Fault!.ExitCode);
        Assert.Contains("it is a pipe, socket or device; expected a file", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other.h")]
    [InlineData("solution.cu")]
    public async Task A_solution_that_includes_another_file_is_refused_with_the_reason(string name)
    {
        _input.File("other.h", "");

        var outcome = await _input.JudgeAsync(BadInput.Plan + $"#include \"{name}\"\n" + BadInput.Head + BadInput.Tail);

        Assert.Equal("compile_error", outcome.Status);
        Assert.Contains("solution.cu(4)", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("a solution is one file", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public async Task A_number_of_trials_out_of_range_is_wrong_usage(int trials)
    {
        var reply = await Evaluations.AskAsync(_input.Request(BadInput.Good) with { Trials = trials });

        Assert.Equal(64, reply.Fault!.ExitCode);
        Assert.Equal($"--trials: expected 5 to 1000, found {trials}", reply.Fault.Message);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    public async Task Every_seed_is_taken(ulong seed)
    {
        var outcome = await Evaluations.JudgeAsync(_input.Request(BadInput.Good) with { Seed = seed });

        Assert.Equal("passed", outcome.Status);
    }

    [Fact]
    public async Task A_preset_that_the_task_has_not_is_wrong_usage_that_names_those_it_has()
    {
        var reply = await Evaluations.AskAsync(_input.Request(BadInput.Good) with { Preset = "tiny" });

        Assert.Equal(64, reply.Fault!.ExitCode);
        Assert.Contains("has no preset 'tiny'; known: small, odd, full", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name with space.cu")]
    [InlineData("it's \"quoted\".cu")]
    [InlineData("new\nline.cu")]
    [InlineData("grüße 漢字.cu")]
    public async Task A_strange_file_name_changes_nothing(string name)
    {
        var outcome = await Evaluations.JudgeAsync(_input.Request("") with { SolutionPath = _input.File(name, BadInput.Good) });

        Assert.Equal("passed", outcome.Status);
    }

    [Fact]
    public async Task Line_ends_of_Windows_keep_the_line_numbers()
    {
        var outcome = await _input.JudgeAsync((BadInput.Plan + BadInput.Head + "out[i] = x[i + 1];\n}\n").Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Equal("memory_error", outcome.Status);
        Assert.Equal(6, outcome.Findings[0].Line);
    }

    [Fact]
    public async Task What_a_kernel_prints_is_bounded()
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + "for (int j = 0; j < 2000; j++) printf(\"flood %d %d\\n\", i, j);\n" + BadInput.Tail);

        Assert.Equal("passed", outcome.Status);
        Assert.InRange(outcome.Printed!.Length, 1000, 128 * 1024);
    }

    [Theory]
    [InlineData("long long t = clock64(); if (i < n) out[i] = x[i] * (t == -5 ? 3 : 2);", "clock64")]
    [InlineData("float* p = (float*)malloc(4); if (p) { *p = 2; if (i < n) out[i] = x[i] * *p; free(p); }", "malloc")]
    public async Task What_must_not_rank_is_named_and_judged_all_the_same(string body, string reason)
    {
        var outcome = await _input.JudgeAsync(BadInput.Plan + BadInput.Head + body + "\n}\n");

        Assert.Contains(outcome.UnrankedReasons, text => text.Contains(reason, StringComparison.Ordinal));
        Assert.Contains(outcome.Status, (string[])["passed", "unsupported"]);
    }
}
