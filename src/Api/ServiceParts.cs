using KernelForge.Agents.Chat;
using KernelForge.Agents.Evaluation;
using KernelForge.Agents.Prompts;
using KernelForge.Api.Features.Datasets;
using KernelForge.Api.Features.Runs;
using KernelForge.Api.Features.Schedules;
using KernelForge.Api.Features.Submissions;
using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Store;
using KernelForge.Api.Work;
using KernelForge.Contracts.Plans;
using KernelForge.Processes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Quartz;

namespace KernelForge.Api;

/// <summary>The parts that every process of the service has, web server or worker.</summary>
internal static class ServiceParts
{
    /// <summary>Adds them.</summary>
    public static void Add(IServiceCollection services, ServiceSettings settings, NpgsqlDataSource database)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Time);
        // By a factory: the container then closes its connections at the end.
        services.AddSingleton(_ => database);
        services.AddDbContextFactory<KernelForgeDb>(options => options.UseNpgsql(database));
        services.AddSingleton<StepStore>();
        services.AddSingleton<EventStore>();
        services.AddSingleton<OwnerStore>();
        services.AddSingleton<TaskFiles>();
        services.AddSingleton<TaskNames>();
        services.AddSingleton<Acceptance>();
        services.AddSingleton<Intake>();
        services.AddSingleton<RunIntake>();
        services.AddSingleton<WorkBell>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkBell>());
        services.AddSingleton(_ => new DatasetExporter(database, settings.Root));
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<Notifications>();
        services.AddHostedService(provider => provider.GetRequiredService<Notifications>());
    }

    /// <summary>Adds what runs steps: Quartz on the same database, serving the platforms of this process.</summary>
    public static void AddWorkers(IServiceCollection services, ServiceSettings settings)
    {
        var prompts = Path.Combine(settings.Root, "prompts");
        // Now: a wrong price table ends the start, not the first run.
        var models = AgentModels.Load(settings.Setting, settings.Root, settings.Home, settings.Time);
        services.AddSingleton(new WorkerIdentity($"{Environment.MachineName}-{Environment.ProcessId}-{settings.Time.GetUtcNow():HHmmssfff}"));
        services.AddSingleton<RunningSteps>();
        services.AddSingleton<VerificationPlan>();
        services.AddSingleton<ScheduleVerdicts>();
        services.AddSingleton<IEvaluator>(new EvaluatorChild(new EvaluatorProcess(settings.Evaluator)));
        services.AddSingleton(_ => models);
        services.AddSingleton(_ => PromptLibrary.Load(prompts, PlanText.PromptText));
        services.AddSingleton<IStepWorker, EvaluationWorker>();
        services.AddSingleton<IStepWorker, RoundWorker>();
        services.AddSingleton<IStepWorker, NoopWorker>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "kernelforge";
                scheduler.GenerateInstanceId = true;
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(2);
                // A worker that stops gives its steps back instead of waiting for them.
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
                foreach (var platform in settings.Platforms)
                {
                    scheduler.ServedExecutionGroups.Add(platform);
                }

                scheduler.ServedExecutionGroups.Add("_");
            });
            quartz.UseDefaultThreadPool(Math.Max(1, settings.Workers));
            quartz.UsePersistentStore(store =>
            {
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = "quartz.qrtz_";
                    options.CommandTimeout = TimeSpan.FromSeconds(15);
                });
                store.UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<NpgsqlDataSource>());
                store.UseSystemTextJsonSerializer();
                store.ProvisionSchema();
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = TimeSpan.FromSeconds(1);
                    cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(2);
                });
            });
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.AddHostedService<Dispatcher>();
        services.AddHostedService<Heartbeat>();
        ScheduleEndpoints.AddWorkers(services);
    }

    private sealed class EvaluatorChild(EvaluatorProcess evaluator) : IEvaluator
    {
        public Task<Contracts.Evaluation.EvaluatorReply> EvaluateAsync(Contracts.Evaluation.EvaluationRequest request, CancellationToken cancellationToken) =>
            evaluator.EvaluateAsync(request, cancellationToken);
    }
}
