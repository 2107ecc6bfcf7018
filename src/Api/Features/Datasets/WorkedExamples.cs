using KernelForge.Agents.Prompts;
using KernelForge.Api.Features.Datasets.Duplicates;
using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Features.Datasets;

/// <summary>The worked examples that prompts show: an answer that nearly repeats one has copied more than it has thought.</summary>
internal sealed class WorkedExamples
{
    private readonly SimilarSignatures _examples = new();

    /// <summary>Reads them.</summary>
    public WorkedExamples(ExampleLibrary library)
    {
        foreach (var example in library.Examples)
        {
            var tokens = CodeTokens.Of(example.Code);
            _examples.Add(example.TaskName, MinHash.Signature(tokens.Hashes, tokens.Own));
        }
    }

    /// <summary>The task of the example that a solution nearly equals; null: none.</summary>
    public string? Match(uint[] signature) => _examples.Find(signature);
}
