namespace KernelForge.Api.Features.Datasets.Lexing;

/// <summary>What a token is.</summary>
internal enum CudaTokenKind
{
    /// <summary>An identifier or keyword.</summary>
    Name,

    /// <summary>A number as the preprocessor sees one (C++ [lex.ppnumber]).</summary>
    Number,

    /// <summary>A string or character, raw or not, with its prefix.</summary>
    Text,

    /// <summary>An operator or other punctuation.</summary>
    Punctuation,

    /// <summary><c>#define</c>, <c>#include</c>, <c>#pragma</c>, …: the beginning of a directive.</summary>
    Directive,

    /// <summary>What an <c>#include</c> names: <c>&lt;mma.h&gt;</c>.</summary>
    Header,

    /// <summary>The end of a directive's line.</summary>
    DirectiveEnd,

    /// <summary>The comment <c>/*launch-plan … */</c>. All other comments are blanks.</summary>
    LaunchPlan,
}

/// <summary>A token of a source text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in characters.</param>
/// <param name="Length">Characters of the source, continued lines included.</param>
/// <param name="Hash">Of its spelling, without continued lines; of a number without case and digit separators. Equal tokens have equal hashes.</param>
internal readonly record struct CudaToken(CudaTokenKind Kind, int Start, int Length, ulong Hash);
