using KernelForge.Agents.Suite;
using KernelForge.Api.Rest;
using KernelForge.Contracts.Service;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KernelForge.Api.Features.Tasks;

/// <summary><c>/api/v1/tasks</c>.</summary>
internal static class TaskEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/tasks").WithTags("Tasks");
        group.MapGet("", ListAsync).WithSummary("Tasks by name, without their texts").ProducesProblem(400);
        group.MapGet("/{category}/{name}", (string category, string name, TaskReader reader, TaskNames names, CancellationToken cancellationToken) =>
            FindAsync($"{category}/{name}", reader, names, cancellationToken)).WithSummary("A task with its text").ProducesProblem(404);
        group.MapGet("/imported/{category}/{name}", (string category, string name, TaskReader reader, TaskNames names, CancellationToken cancellationToken) =>
            FindAsync(ImportedTasks.NameOf(category, name), reader, names, cancellationToken)).WithSummary("An imported task with its text").ProducesProblem(404);
        group.MapGet("/{name}", FindAsync).WithSummary("A task without a category").ProducesProblem(404);
        group.MapPost("", KeepAsync).WithSummary("A new task, or a new version of one: it can be judged at once, and ranks once it was audited")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413);
    }

    private static async Task<Ok<Listing<ServiceTask>>> ListAsync(string? category, int? limit, string? cursor, TaskReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.ListAsync(Texts.OptionalName("category", category), Paging.Limit(limit), cursor, cancellationToken));

    private static async Task<Ok<ServiceTask>> FindAsync(string name, TaskReader reader, TaskNames names, CancellationToken cancellationToken)
    {
        Texts.Name("task", name);
        return TypedResults.Ok(await reader.FindAsync(name, cancellationToken) ?? throw RefusedException.NotFound(await names.UnknownAsync(name, cancellationToken)));
    }

    private static async Task<Created<ServiceTask>> KeepAsync(TaskOrder order, TaskIntake intake, CancellationToken cancellationToken)
    {
        var task = await intake.KeepAsync(order, cancellationToken);
        return TypedResults.Created($"/api/v1/tasks/{task.Name}", task);
    }
}
