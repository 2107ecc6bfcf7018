using System.Security.Cryptography;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Search;

/// <summary>The task of a run as agents see it.</summary>
public sealed record TaskBrief
{
    /// <summary><c>activation/relu</c>, or a file's name without <c>.py</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The category; null for a file outside the suite.</summary>
    public string? Category { get; init; }

    /// <summary>Absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The file's text.</summary>
    public required string Source { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Shapes and dtypes by preset, where the reference worker has described it; null: the prompt shows the source alone.</summary>
    public TaskDescription? Description { get; init; }

    /// <summary>What the task's audit found against it: nothing made for it ranks. Null: nothing.</summary>
    public string? Flaw { get; init; }

    /// <summary>Reads a task file. The category is the part of the name before its last <c>/</c>, without <c>imported/</c>.</summary>
    public static TaskBrief FromFile(string name, string path, TaskDescription? description = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bytes = File.ReadAllBytes(path);
        var parts = name.Split('/');
        return new TaskBrief
        {
            Name = name,
            Category = parts.Length > 1 ? parts[^2] : null,
            Path = System.IO.Path.GetFullPath(path),
            Source = System.Text.Encoding.UTF8.GetString(bytes),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Description = description,
        };
    }
}
