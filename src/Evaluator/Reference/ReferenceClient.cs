using System.Security.Cryptography;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Tasks;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Reference;

/// <summary>
/// What PyTorch says of a task: its description, trials with a float64 reference, and its dispatch trace. Everything is
/// cached on disk; Python starts only for what is not there, once a task, and ends with this object.
/// </summary>
public sealed class ReferenceClient : IAsyncDisposable
{
    private const string ManifestFile = "manifest.json";
    private const int TaskSizeLimit = 1 << 20;

    private readonly ReferenceOptions _options;
    private readonly ReferenceCache _cache;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, TaskSource> _sources = new(StringComparer.Ordinal);
    private string? _torch;
    private (string Sha256, WorkerSession Session, string Scratch)? _open;

    /// <summary>Uses the toolbox and data folder of the options; nothing starts here.</summary>
    public ReferenceClient(ReferenceOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _cache = new ReferenceCache(Path.Combine(Path.GetFullPath(options.Home), "cache", "reference"), options.CacheLimitBytes, time ?? TimeProvider.System);
    }

    /// <summary>How often Python was started: 0 while the cache answered.</summary>
    public int WorkerStarts { get; private set; }

    /// <summary>Describes a task: presets, tensors, settings.</summary>
    /// <param name="taskPath">The <c>.py</c> file.</param>
    /// <param name="taskName">The name that the description carries.</param>
    /// <param name="cancellationToken">Stops Python too.</param>
    /// <exception cref="TaskFileException">The file is wrong or exceeds its limits.</exception>
    /// <exception cref="ReferenceUnavailableException">Toolbox, sandbox or disk space is missing.</exception>
    public async Task<TaskDescription> DescribeAsync(string taskPath, string taskName, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var source = ReadTask(taskPath, taskName);
            var bytes = await CachedAsync(
                ReferenceCache.Key("describe", source.Sha256, Torch(), WorkerFiles.Version),
                source,
                async () => JsonSerializer.SerializeToUtf8Bytes(
                    (await AskAsync(source, new WorkerRequest { Op = "describe", Name = taskName }, _options.DescribeTimeout, cancellationToken)).Description
                        ?? throw new InvalidOperationException("the reference worker gave no description"),
                    ContractsJson.Default.TaskDescription),
                cancellationToken);
            var description = JsonSerializer.Deserialize(bytes, ContractsJson.Default.TaskDescription)!;
            _sources[source.Sha256] = source;
            return description with { Name = taskName };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Prepares trials, those that are not in the cache in one Python process. Results come in the order of the requests.</summary>
    /// <param name="description">From this client's <see cref="DescribeAsync"/>.</param>
    /// <param name="trials">Trials.</param>
    /// <param name="cancellationToken">Stops Python too.</param>
    /// <exception cref="TaskFileException">The file is wrong or exceeds its limits.</exception>
    /// <exception cref="ReferenceUnavailableException">Toolbox, sandbox or disk space is missing.</exception>
    public async Task<IReadOnlyList<PreparedTrial>> PrepareAsync(TaskDescription description, IReadOnlyList<TrialRequest> trials, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(trials);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var source = SourceOf(description);
            if (trials.FirstOrDefault(t => !description.Presets.ContainsKey(t.Preset)) is { } unknown)
            {
                throw new ArgumentException($"the task has no preset '{unknown.Preset}'; known: {string.Join(", ", description.Presets.Keys)}", nameof(trials));
            }

            var folders = trials.Select(t => _cache.Find(KeyOf(source, t))).ToArray();
            if (folders.Any(f => f is null))
            {
                using var held = await _cache.LockAsync(source.Sha256, cancellationToken);
                var missing = Enumerable.Range(0, trials.Count).Where(i => (folders[i] ??= _cache.Find(KeyOf(source, trials[i]))) is null).ToList();
                if (missing.Count > 0)
                {
                    await MakeAsync(source, description, trials, missing, folders, cancellationToken);
                    _cache.Trim();
                }
            }

            return [.. folders.Select(folder => new PreparedTrial { Directory = folder!, Manifest = ReadManifest(folder!) })];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Traces what eager PyTorch does for one forward, on fake tensors.</summary>
    /// <inheritdoc cref="PrepareAsync" path="/exception"/>
    public async Task<TaskTrace> TraceAsync(TaskDescription description, string preset = "full", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(description);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var source = SourceOf(description);
            var bytes = await CachedAsync(
                ReferenceCache.Key("trace", source.Sha256, preset, Torch(), WorkerFiles.Version),
                source,
                async () => JsonSerializer.SerializeToUtf8Bytes(
                    (await AskAsync(source, new WorkerRequest { Op = "trace", Preset = preset, Presets = Derived(description) }, _options.DescribeTimeout, cancellationToken)).Trace
                        ?? throw new InvalidOperationException("the reference worker gave no trace"),
                    ContractsJson.Default.TaskTrace),
                cancellationToken);
            return JsonSerializer.Deserialize(bytes, ContractsJson.Default.TaskTrace)!;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Audits a task: whether cheap fakes fail it, whether its reference is one number, what its result depends on.</summary>
    /// <inheritdoc cref="PrepareAsync" path="/exception"/>
    public async Task<TaskAudit> AuditAsync(TaskDescription description, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(description);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var source = SourceOf(description);
            var bytes = await CachedAsync(
                ReferenceCache.Key("audit", source.Sha256, Torch(), WorkerFiles.Version),
                source,
                async () => JsonSerializer.SerializeToUtf8Bytes(
                    (await AskAsync(source, new WorkerRequest { Op = "audit", Presets = Derived(description) }, _options.AuditTimeout, cancellationToken)).Audit
                        ?? throw new InvalidOperationException("the reference worker gave no audit"),
                    ContractsJson.Default.TaskAudit),
                cancellationToken);
            return JsonSerializer.Deserialize(bytes, ContractsJson.Default.TaskAudit)!;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    private static TrialManifest ReadManifest(string folder) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, ManifestFile)), ReferenceJson.Default.TrialManifest)
            ?? throw new InvalidOperationException($"{folder}/{ManifestFile} is empty");

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>>? Derived(TaskDescription description) =>
        description.PresetsOrigin == "derived" ? description.Presets.ToDictionary(p => p.Key, p => p.Value.Overrides, StringComparer.Ordinal) : null;

    private static TaskSource ReadTask(string taskPath, string taskName)
    {
        var path = Path.GetFullPath(taskPath);
        try
        {
            using var file = InputFile.OpenRead(path);
            if (file.Length > TaskSizeLimit)
            {
                throw new TaskFileException($"{taskName}: the task file has {file.Length} bytes; the limit is {TaskSizeLimit} (1 MiB)");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return new TaskSource(taskName, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TaskFileException($"{taskName}: the task file {path} cannot be read: {error.Message}");
        }
    }

    private string Torch() => _torch ??= TorchVersion.Read(_options.Toolbox);

    private string KeyOf(TaskSource source, TrialRequest trial) =>
        ReferenceCache.Key("trial", source.Sha256, trial.Preset, trial.Seed.ToString(), trial.Distribution, Torch(), WorkerFiles.Version);

    private TaskSource SourceOf(TaskDescription description) =>
        _sources.TryGetValue(description.Sha256, out var source)
            ? source
            : throw new ArgumentException($"{description.Name} was not described by this client; call DescribeAsync first", nameof(description));

    private async Task<byte[]> CachedAsync(string key, TaskSource source, Func<Task<byte[]>> make, CancellationToken cancellationToken)
    {
        const string file = "result.json";
        var folder = _cache.Find(key);
        if (folder is null)
        {
            using var held = await _cache.LockAsync(source.Sha256, cancellationToken);
            folder = _cache.Find(key);
            if (folder is null)
            {
                var bytes = await make();
                var staged = _cache.NewStaging();
                try
                {
                    await File.WriteAllBytesAsync(Path.Combine(staged, file), bytes, cancellationToken);
                }
                catch (IOException error) when (ReferenceCache.IsDiskFull(error))
                {
                    throw ReferenceCache.DiskFull(_cache.Root, error);
                }

                _cache.Add(key, staged);
                return bytes;
            }
        }

        return await File.ReadAllBytesAsync(Path.Combine(folder, file), cancellationToken);
    }

    private async Task MakeAsync(TaskSource source, TaskDescription description, IReadOnlyList<TrialRequest> trials, List<int> missing, string?[] folders, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(source, cancellationToken);
        var run = Path.Combine(session.Scratch, Guid.NewGuid().ToString("N"));
        string Folder(string root, int i) => Path.Combine(root, Path.GetFileName(run), $"{i:000}");
        try
        {
            foreach (var i in missing)
            {
                Directory.CreateDirectory(Folder(session.Scratch, i));
            }

            var request = new WorkerRequest
            {
                Op = "prepare",
                Presets = Derived(description),
                Trials = [.. missing.Select(i => new WorkerTrial(trials[i].Preset, trials[i].Seed, trials[i].Distribution, Folder(session.ScratchSeen, i)))],
            };
            await AskAsync(source, request, _options.PrepareTimeout, cancellationToken);
            foreach (var i in missing)
            {
                folders[i] = _cache.Add(KeyOf(source, trials[i]), Folder(session.Scratch, i));
            }
        }
        catch (IOException error) when (ReferenceCache.IsDiskFull(error))
        {
            throw ReferenceCache.DiskFull(_cache.Root, error);
        }
        finally
        {
            ReferenceCache.Delete(run);
        }
    }

    private async Task<WorkerReply> AskAsync(TaskSource source, WorkerRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(source, cancellationToken);
        try
        {
            return await session.AskAsync(request, timeout, cancellationToken);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    private async Task<WorkerSession> OpenAsync(TaskSource source, CancellationToken cancellationToken)
    {
        if (_open is { } open)
        {
            if (open.Sha256 == source.Sha256)
            {
                return open.Session;
            }

            await CloseAsync();
        }

        Torch();
        var folder = _cache.NewStaging();
        try
        {
            // A copy: the file must not change between its hash and its run.
            var task = Path.Combine(folder, "task.py");
            await File.WriteAllBytesAsync(task, source.Bytes, cancellationToken);
            var scratch = Directory.CreateDirectory(Path.Combine(folder, "trials")).FullName;
            WorkerStarts++;
            var session = await WorkerSession.StartAsync(_options, source.Name, task, scratch, WorkerFiles.Unpack(_cache.Root), cancellationToken);
            _open = (source.Sha256, session, folder);
            return session;
        }
        catch (IOException error) when (ReferenceCache.IsDiskFull(error))
        {
            ReferenceCache.Delete(folder);
            throw ReferenceCache.DiskFull(_cache.Root, error);
        }
        catch
        {
            ReferenceCache.Delete(folder);
            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_open is { } open)
        {
            _open = null;
            await open.Session.DisposeAsync();
            ReferenceCache.Delete(open.Scratch);
        }
    }

    private sealed record TaskSource(string Name, byte[] Bytes, string Sha256);
}
