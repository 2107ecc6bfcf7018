using System.Runtime.CompilerServices;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Search;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Student;

/// <summary>
/// <c>simulated:student</c>: a model for tests, demonstrations and comparisons of strategies, without a key. It knows some operators, some optimisations and
/// some mistakes, reads only the messages that it is sent, and draws its chances from the run, the task, the role, the round and the ask, so that the same
/// call has the same answer in every process.
/// </summary>
public sealed class StudentChatClient : IChatClient
{
    /// <summary>The name after <c>simulated:</c>.</summary>
    public const string ModelId = "student";

    private static readonly string[] Thoughts =
    [
        "First I look at what the task computes and at the shapes in the plan.", "The data is row-major, so neighbouring threads should take neighbouring addresses.",
        "The tail needs a guard, because sizes may be odd, prime or one.", "Every thread has to reach the barrier, so the guard must not return early.",
        "Index arithmetic has to be 64 bits wide at the published size.", "The time goes into memory traffic, not into arithmetic.",
        "An output that nobody writes would keep its random bytes.", "Let me check the arguments of the launch against the kernel's parameters once more.",
        "A reduction needs its identity for threads without work.", "Another way would be a single pass, but that is a larger change.", "I keep what works and change one thing.",
        "The block size has to be a multiple of the warp.",
    ];

    private readonly string _run;
    private readonly StudentSkill _skill;

    /// <summary>Whether it knows the operator of a task, by the task's name.</summary>
    public static bool Knows(string task) => Knowledge.Of(task) is not null;

    /// <summary>A student for one run.</summary>
    /// <param name="run">The run: the seed of its chances.</param>
    public StudentChatClient(string run)
        : this(run, new StudentSkill())
    {
    }

    internal StudentChatClient(string run, StudentSkill skill)
    {
        _run = run;
        _skill = skill;
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var all = messages.ToList();
        var purpose = CallPurpose.Of(options);
        Dice dice = new($"{_run}|{purpose?.Task}|{purpose?.Role}|{purpose?.Round}|{purpose?.Mode}|{all.Count}");
        var prompt = StudentPrompt.Read(all);
        var reasoning = string.Join(' ', Enumerable.Range(0, 1 + dice.Below(Thoughts.Length)).Select(_ => dice.Pick(Thoughts)));
        var text = prompt.JudgeMode is null ? Solution(prompt, dice) : new StudentJudge(_skill).Answer(prompt, dice);
        return Task.FromResult(Response(all, reasoning, text));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType?.IsInstanceOfType(this) == true ? this
        : serviceKey is null && serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("simulated", null, ModelId)
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private string Solution(StudentPrompt prompt, Dice dice)
    {
        if (dice.Chance(_skill.NoSolution))
        {
            return "The solution is a kernel with one thread an element and a guarded tail.";
        }

        return new StudentCoder(_skill).Answer(prompt, dice) is { } answer
            ? $"{answer.Why}\n\n```cuda\n{answer.Code}```\n"
            : $"I have not learnt to write a kernel for {(prompt.Task.Length > 0 ? prompt.Task : "this")}.";
    }

    /// <summary>Tokens as a function of text: four characters each.</summary>
    private static ChatResponse Response(List<ChatMessage> messages, string reasoning, string text)
    {
        var (input, thought, said) = (messages.Sum(message => Tokens(message.Text)), Tokens(reasoning), Tokens(text));
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextReasoningContent(reasoning), new TextContent(text)]))
        {
            ModelId = $"simulated:{ModelId}",
            FinishReason = ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = thought + said, ReasoningTokenCount = thought, TotalTokenCount = input + thought + said },
        };
    }

    private static long Tokens(string text) => (text.Length + 3) / 4;
}
