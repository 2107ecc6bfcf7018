using System.Runtime.InteropServices;

namespace KernelForge.Api.Features.Datasets.Lexing;

/// <summary>
/// A solution as tokens whose own names do not matter. A name is its own where it is no keyword, no type or variable of CUDA, begins with no two
/// underscores, is no member (<c>.x</c>), stands at no <c>::</c>, and is more than the name of a function that the file only calls (<c>fmaxf</c>).
/// Comments and blanks are gone. Of the launch plan the kernels' names are the code's; its other names are tensors and sizes of the task, and stay.
/// </summary>
internal sealed class CodeTokens
{
    private static readonly ulong Open = TokenHash.Of("(");
    private static readonly ulong Dot = TokenHash.Of(".");
    private static readonly ulong Arrow = TokenHash.Of("->");
    private static readonly ulong Scope = TokenHash.Of("::");
    private static readonly ulong Kernel = TokenHash.Of("kernel");

    private readonly List<ulong> _hashes = [];
    private readonly List<bool> _own = [];

    private CodeTokens()
    {
    }

    /// <summary>Tokens' hashes in order.</summary>
    public ReadOnlySpan<ulong> Hashes => CollectionsMarshal.AsSpan(_hashes);

    /// <summary>Which of them are names of the solution's own.</summary>
    public ReadOnlySpan<bool> Own => CollectionsMarshal.AsSpan(_own);

    /// <summary>Reads a solution.</summary>
    public static CodeTokens Of(string code)
    {
        var tokens = CudaLexer.Tokens(code);
        var own = OwnNames(code, tokens);
        CodeTokens result = new();
        foreach (var token in tokens)
        {
            if (token.Kind == CudaTokenKind.LaunchPlan)
            {
                result.AddPlan(code.Substring(token.Start, token.Length));
            }
            else
            {
                result.Add(token.Hash, token.Kind == CudaTokenKind.Name && own.Contains(token.Hash));
            }
        }

        return result;
    }

    /// <summary>A hash of the whole: own names count by the order of their first use, so renaming changes nothing.</summary>
    public UInt128 Canonical()
    {
        Dictionary<ulong, ulong> numbers = [];
        var (high, low) = (TokenHash.Seed, 0x9e3779b97f4a7c15UL);
        for (var i = 0; i < _hashes.Count; i++)
        {
            var value = _hashes[i];
            if (_own[i])
            {
                if (!numbers.TryGetValue(value, out var number))
                {
                    numbers.Add(value, number = (ulong)numbers.Count);
                }

                value = TokenHash.Mix(number + 1);
            }

            high = TokenHash.Mix(high ^ value);
            low = TokenHash.Mix(low + value) * 3;
        }

        return new UInt128(high, low);
    }

    private static HashSet<ulong> OwnNames(string code, List<CudaToken> tokens)
    {
        HashSet<ulong> own = [];
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind != CudaTokenKind.Name || CudaNames.IsKnown(token.Hash) || (token.Length > 1 && code[token.Start] == '_' && code[token.Start + 1] == '_'))
            {
                continue;
            }

            var before = i > 0 ? tokens[i - 1] : default;
            var after = i + 1 < tokens.Count ? tokens[i + 1] : default;
            var member = before.Kind == CudaTokenKind.Punctuation && (before.Hash == Dot || before.Hash == Arrow || before.Hash == Scope);
            var called = after.Kind == CudaTokenKind.Punctuation && after.Hash == Open;
            var declared = before.Kind == CudaTokenKind.Name && (CudaNames.IsType(before.Hash) || !CudaNames.IsKnown(before.Hash));
            if (!member && !(after.Kind == CudaTokenKind.Punctuation && after.Hash == Scope) && (!called || declared))
            {
                own.Add(token.Hash);
            }
        }

        return own;
    }

    /// <summary>The plan's JSON by its words: blanks do not count, the text of a string is read as code.</summary>
    private void AddPlan(string comment)
    {
        var kernel = false;
        foreach (var token in CudaLexer.Tokens(comment["/*".Length..Math.Max(2, comment.Length - 2)]))
        {
            if (token.Kind != CudaTokenKind.Text)
            {
                Add(token.Hash, own: false);
                continue;
            }

            var text = comment.Substring(token.Start + 2, token.Length).Trim('"');
            var inside = CudaLexer.Tokens(text);
            foreach (var part in inside)
            {
                Add(part.Hash, own: kernel && part.Kind == CudaTokenKind.Name && !CudaNames.IsKnown(part.Hash));
            }

            kernel = inside is [{ } word] && word.Hash == Kernel;
        }
    }

    private void Add(ulong hash, bool own)
    {
        _hashes.Add(hash);
        _own.Add(own);
    }
}
