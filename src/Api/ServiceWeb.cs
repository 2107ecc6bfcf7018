using KernelForge.Api.Pages;
using KernelForge.Api.Rest;

namespace KernelForge.Api;

/// <summary>The web server: REST and pages, each slice under <c>Features/</c> mapping its own. A worker alone listens nowhere.</summary>
internal static class ServiceWeb
{
    /// <summary>Adds what the web server needs.</summary>
    public static void Add(WebApplicationBuilder builder, ServiceSettings settings)
    {
        if (settings.Urls is null)
        {
            builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.Server.IServer, NoServer>();
            return;
        }

        builder.WebHost.UseUrls(settings.Urls);
        RestApi.Add(builder);
        WebPages.Add(builder.Services);
    }

    /// <summary>Maps every slice.</summary>
    public static void Map(WebApplication app, ServiceSettings settings)
    {
        if (settings.Urls is null)
        {
            return;
        }

        RestApi.Map(app);
        WebPages.Map(app);
    }

    /// <summary>Stands where a web server would: a worker has nobody to serve.</summary>
    private sealed class NoServer : Microsoft.AspNetCore.Hosting.Server.IServer
    {
        public Microsoft.AspNetCore.Http.Features.IFeatureCollection Features { get; } = new Microsoft.AspNetCore.Http.Features.FeatureCollection();

        public Task StartAsync<TContext>(Microsoft.AspNetCore.Hosting.Server.IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
