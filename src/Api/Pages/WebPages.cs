using KernelForge.Api.Features.Datasets;
using KernelForge.Api.Features.Home;
using KernelForge.Api.Features.Leaderboard;
using KernelForge.Api.Features.Runs;
using KernelForge.Api.Features.Schedules;
using KernelForge.Api.Features.Solutions;
using KernelForge.Api.Features.Submissions;
using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Features.Workers;
using KernelForge.Api.Rest;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KernelForge.Api.Pages;

/// <summary>The web pages: components rendered whole on the server, each beside its slice. No framework script and no circuit.</summary>
internal static class WebPages
{
    /// <summary>Adds what pages need.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<HomePageQuery>();
        services.AddSingleton<Boards>();
        services.AddSingleton<BoardPageQuery>();
        services.AddSingleton<TaskPagesQuery>();
        services.AddSingleton<RunList>();
        services.AddSingleton<RunPageQuery>();
        services.AddSingleton<SolutionPageQuery>();
        services.AddSingleton<SubmissionPageQuery>();
        services.AddSingleton<DatasetsPageQuery>();
        services.AddSingleton<SchedulesPageQuery>();
        services.AddSingleton<WorkersPageQuery>();
    }

    /// <summary>Maps every page, after the REST API: what goes wrong with an address of its own is then told as a page, not as problem details.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWhen(request => !Problems.IsApi(request.Request.Path), pages => pages.Use(PageErrors.HandleAsync));
        PageAssets.Map(app);
        var pages = app.MapGroup("").ExcludeFromDescription();
        HomePageQuery.Map(pages);
        BoardPageQuery.Map(pages);
        TaskPagesQuery.Map(pages);
        RunPageQuery.Map(pages);
        SolutionPageQuery.Map(pages);
        SubmissionPageQuery.Map(pages);
        DatasetsPageQuery.Map(pages);
        SchedulesPageQuery.Map(pages);
        WorkersPageQuery.Map(pages);
    }

    /// <summary>A page whose component takes one parameter, <c>View</c>.</summary>
    public static RazorComponentResult Show<TPage>(object view, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        new(typeof(TPage), new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = view }) { StatusCode = status };

    /// <summary>Says that something is not there, and what to do.</summary>
    public static RazorComponentResult NotFound(string what) =>
        Show<ProblemPage>(new ProblemView("Not found", what, "It may have been typed wrongly, or belong to another data folder. Start from the overview."), StatusCodes.Status404NotFound);
}
