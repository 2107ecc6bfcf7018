using System.Text.Json;
using KernelForge.Api.Store;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Solutions;

/// <summary>Solutions with the verdicts on them.</summary>
internal sealed class SolutionReader(IDbContextFactory<KernelForgeDb> rows)
{
    /// <summary>Most verdicts that are shown of one solution.</summary>
    private const int MostEvaluations = 100;

    /// <summary>One with its latest verdicts, the newest first; null where there is none of that hash.</summary>
    public async Task<SolutionDetails?> FindAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        if (await CodeAsync(db, sha256, cancellationToken) is not { } code)
        {
            return null;
        }

        var evaluations = await db.Evaluations.AsNoTracking().Where(evaluation => evaluation.SolutionSha256 == sha256)
            .OrderByDescending(evaluation => evaluation.CreatedAt).ThenByDescending(evaluation => evaluation.Id).Take(MostEvaluations).ToListAsync(cancellationToken);
        return new SolutionDetails
        {
            Sha256 = sha256,
            Code = code,
            Evaluations =
            [
                .. evaluations.Select(evaluation => new SolutionEvaluation
                {
                    Id = evaluation.Id,
                    Origin = evaluation.Origin,
                    RunId = evaluation.RunId,
                    Round = evaluation.Round,
                    SubmissionId = evaluation.SubmissionId,
                    Model = evaluation.Model,
                    CreatedAt = evaluation.CreatedAt,
                    Outcome = JsonSerializer.Deserialize(evaluation.Outcome, ContractsJson.Default.EvaluationOutcome)!,
                }),
            ],
        };
    }

    /// <summary>Its text; null where there is none of that hash.</summary>
    public async Task<string?> CodeAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return await CodeAsync(db, sha256, cancellationToken);
    }

    private static Task<string?> CodeAsync(KernelForgeDb db, string sha256, CancellationToken cancellationToken) =>
        db.Solutions.Where(solution => solution.Sha256 == sha256).Select(solution => (string?)solution.Code).FirstOrDefaultAsync(cancellationToken);
}
