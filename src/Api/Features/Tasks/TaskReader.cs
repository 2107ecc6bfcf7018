using System.Linq.Expressions;
using KernelForge.Api.Rest;
using KernelForge.Api.Store;
using KernelForge.Api.Store.Rows;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Tasks;

/// <summary>Tasks as they are now.</summary>
internal sealed class TaskReader(IDbContextFactory<KernelForgeDb> rows)
{
    /// <summary>One with its text; null where there is none of that name.</summary>
    public async Task<ServiceTask?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return await db.Tasks.AsNoTracking().Where(task => task.Current && task.Name == name).Select(Shown(withSource: true)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>A page of them by name, without their texts.</summary>
    public async Task<Listing<ServiceTask>> ListAsync(string? category, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var found = db.Tasks.AsNoTracking().Where(task => task.Current);
        if (category is not null)
        {
            found = found.Where(task => task.Category == category);
        }

        if (Paging.Key(cursor, parts: 1) is [var last])
        {
            found = found.Where(task => task.Name.CompareTo(last) > 0);
        }

        var page = await found.OrderBy(task => task.Name).Take(limit + 1).Select(Shown(withSource: false)).ToListAsync(cancellationToken);
        return new Listing<ServiceTask> { Items = [.. page.Take(limit)], NextCursor = page.Count > limit ? Paging.Cursor(page[limit - 1].Name) : null };
    }

    private static Expression<Func<TaskRow, ServiceTask>> Shown(bool withSource) => task => new ServiceTask
    {
        Name = task.Name,
        Sha256 = task.Sha256,
        Category = task.Category,
        Origin = task.Origin,
        Kernelbench = task.Kernelbench,
        Difficulty = task.Difficulty,
        Ranked = task.Ranked,
        Reason = task.Reason,
        Presets = task.Presets,
        Source = withSource ? task.Source : null,
    };
}
