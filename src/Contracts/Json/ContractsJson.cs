using System.Text.Json.Serialization;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Ptx;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Contracts.Json;

/// <summary>Source-generated JSON of everything that crosses a process or network boundary: snake_case, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(TaskDescription))]
[JsonSerializable(typeof(TaskTrace))]
[JsonSerializable(typeof(TaskAudit))]
[JsonSerializable(typeof(SurveyRequest))]
[JsonSerializable(typeof(SurveyReply))]
[JsonSerializable(typeof(EvaluationOutcome))]
[JsonSerializable(typeof(EvaluationRequest))]
[JsonSerializable(typeof(EvaluatorReply))]
[JsonSerializable(typeof(PtxRequest))]
[JsonSerializable(typeof(PtxReply))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(AttemptRecord))]
[JsonSerializable(typeof(SubmissionOrder))]
[JsonSerializable(typeof(Accepted))]
[JsonSerializable(typeof(SubmissionStatus))]
[JsonSerializable(typeof(Listing<SubmissionStatus>))]
[JsonSerializable(typeof(RunOrder))]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(Listing<RunStatus>))]
[JsonSerializable(typeof(Leaderboard))]
[JsonSerializable(typeof(ServiceTask))]
[JsonSerializable(typeof(Listing<ServiceTask>))]
[JsonSerializable(typeof(TaskOrder))]
[JsonSerializable(typeof(SolutionDetails))]
[JsonSerializable(typeof(IReadOnlyList<ServiceWorker>))]
[JsonSerializable(typeof(DatasetOrder))]
[JsonSerializable(typeof(DatasetStatus))]
[JsonSerializable(typeof(Listing<DatasetStatus>))]
[JsonSerializable(typeof(DatasetVerification))]
[JsonSerializable(typeof(SftRow))]
[JsonSerializable(typeof(CompletionRow))]
[JsonSerializable(typeof(DpoRow))]
[JsonSerializable(typeof(KtoRow))]
[JsonSerializable(typeof(ShareGptRow))]
[JsonSerializable(typeof(AlpacaRow))]
[JsonSerializable(typeof(VerlRow))]
[JsonSerializable(typeof(CanonicalRow))]
[JsonSerializable(typeof(ScheduleOrder))]
[JsonSerializable(typeof(Schedule))]
[JsonSerializable(typeof(Listing<Schedule>))]
[JsonSerializable(typeof(ScheduleBatch))]
[JsonSerializable(typeof(ScheduleChecks))]
public sealed partial class ContractsJson : JsonSerializerContext;
