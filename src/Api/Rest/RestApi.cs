using KernelForge.Api.Features.Datasets;
using KernelForge.Api.Features.Health;
using KernelForge.Api.Features.Keys;
using KernelForge.Api.Features.Leaderboard;
using KernelForge.Api.Features.Runs;
using KernelForge.Api.Features.Schedules;
using KernelForge.Api.Features.Solutions;
using KernelForge.Api.Features.Submissions;
using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Features.Workers;
using Microsoft.OpenApi;

namespace KernelForge.Api.Rest;

/// <summary>The REST API: <c>/api/v1</c>, health and <c>/openapi/v1.json</c>. Each slice under <c>Features/</c> maps its own addresses.</summary>
internal static class RestApi
{
    /// <summary>Adds what it needs.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => RestJson.Configure(options.SerializerOptions));
        services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "KernelForge", Version = "v1", Description = "Language models write CUDA kernels; this judges them, honestly." };
                document.Servers = [];
                return Task.CompletedTask;
            });
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit.MostReadBytes;
        });
        services.AddSingleton<EventStreams>();
        services.AddSingleton<SubmissionReader>();
        services.AddSingleton<RunReader>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<TaskIntake>();
        services.AddSingleton<LeaderboardReader>();
        services.AddSingleton<SolutionReader>();
        services.AddSingleton<WorkerReader>();
        DatasetEndpoints.Add(services);
        ScheduleEndpoints.Add(services);
    }

    /// <summary>Maps it.</summary>
    public static void Map(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(Problems.WriteEmptyAsync);
        app.Use(BodyLimit.RequireAsync);
        app.UseRouting();
        app.UseMiddleware<Access>();
        HealthEndpoints.Map(app);
        app.MapOpenApi();
        var api = app.MapGroup("/api/v1").RefuseUnknownParameters();
        SubmissionEndpoints.Map(api);
        RunEndpoints.Map(api);
        TaskEndpoints.Map(api);
        LeaderboardEndpoints.Map(api);
        SolutionEndpoints.Map(api);
        WorkerEndpoints.Map(api);
        DatasetEndpoints.Map(api);
        ScheduleEndpoints.Map(api);
    }
}
