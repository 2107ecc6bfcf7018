namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>How TRL's trainers load a folder, for the card.</summary>
internal static class TrlLoading
{
    /// <summary>The text for one of them.</summary>
    public static string Of(string trainer, string columns) =>
        $"""
        ```python
        from datasets import load_dataset
        from trl import {trainer}Config, {trainer}Trainer

        dataset = load_dataset("FOLDER")          # this folder
        trainer = {trainer}Trainer(model="MODEL", args={trainer}Config(output_dir="out"), train_dataset=dataset["train"])
        ```

        {columns} The other columns are provenance.
        """;
}
