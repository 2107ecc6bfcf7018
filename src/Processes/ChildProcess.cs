using System.Diagnostics;
using System.IO.Pipes;

namespace KernelForge.Processes;

/// <summary>
/// A child process with bounded output, limits on time, memory and processes, and a pipe of its own for messages.
/// It never outlives its object, and no way in which it misbehaves hangs the parent.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Environment variable that tells the child the descriptor of its message pipe.</summary>
    public const string PipeVariable = "KERNELFORGE_PIPE";

    /// <summary>An argument that is this text becomes the descriptor: for a sandbox that clears the environment.</summary>
    public const string PipePlaceholder = "{pipe}";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly ChildSpec _spec;
    private readonly Process _process;
    private readonly AnonymousPipeServerStream? _pipe;
    private readonly BoundedOutput _output = new();
    private readonly BoundedOutput _error = new();
    private readonly Lock _endLock = new();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private ChildEnd _end = ChildEnd.Exited;
    private long _peakMemory;

    private ChildProcess(ChildSpec spec, Process process, AnonymousPipeServerStream? pipe)
    {
        _spec = spec;
        _process = process;
        _pipe = pipe;
        Completion = SuperviseAsync();
    }

    /// <summary>The child's standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What the child writes to its message pipe; ends when it does.</summary>
    /// <exception cref="InvalidOperationException">The spec asked for no pipe.</exception>
    public Stream Messages => _pipe ?? throw new InvalidOperationException("the child was started without a message pipe");

    /// <summary>Ends when the child has ended; never fails.</summary>
    public Task<ChildExit> Completion { get; }

    /// <summary>Starts a child.</summary>
    /// <exception cref="ChildStartException">The program is not there or may not be run.</exception>
    public static ChildProcess Start(ChildSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return ChildStarter.Run(() => StartHere(spec));
    }

    /// <summary>Starts a child, waits for its end and returns it.</summary>
    public static async Task<ChildExit> RunAsync(ChildSpec spec, CancellationToken cancellationToken)
    {
        await using var child = Start(spec);
        child.CloseInput();
        await using var registration = cancellationToken.Register(child.Kill);
        var exit = await child.Completion;
        cancellationToken.ThrowIfCancellationRequested();
        return exit;
    }

    /// <summary>Closes the child's standard input; safe where the child has gone.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The child has gone; its exit says why.
        }
    }

    /// <summary>Kills the whole tree. Safe to call at any time, any number of times.</summary>
    public void Kill() => KillBecause(ChildEnd.Killed);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Completion;
        _process.Dispose();
        if (_pipe is not null)
        {
            await _pipe.DisposeAsync();
        }
    }

    private static ChildProcess StartHere(ChildSpec spec)
    {
        var info = new ProcessStartInfo(spec.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = spec.WorkingDirectory ?? string.Empty,
        };
        foreach (var (name, value) in spec.Environment)
        {
            info.Environment[name] = value;
        }

        // The pipe's far end is inheritable only between here and the disposal below; all starts share one thread, so no
        // other child can inherit it and keep it open.
        var pipe = spec.Pipe ? new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable) : null;
        var process = new Process { StartInfo = info };
        try
        {
            var descriptor = pipe?.GetClientHandleAsString() ?? string.Empty;
            info.Environment[PipeVariable] = descriptor;
            foreach (var argument in spec.Arguments)
            {
                info.ArgumentList.Add(argument == PipePlaceholder ? descriptor : argument);
            }

            process.Start();
            return new ChildProcess(spec, process, pipe);
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException)
        {
            process.Dispose();
            pipe?.Dispose();
            throw new ChildStartException($"could not start {spec.FileName}: {error.Message}", error);
        }
        finally
        {
            pipe?.DisposeLocalCopyOfClientHandle();
        }
    }

    private void KillBecause(ChildEnd end)
    {
        lock (_endLock)
        {
            if (Completion is { IsCompleted: true })
            {
                return;
            }

            try
            {
                if (!_process.HasExited)
                {
                    if (_end == ChildEnd.Exited)
                    {
                        _end = end;
                    }

                    _process.Kill(entireProcessTree: true);
                }
            }
            catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
            {
                // It ended between the question and the kill.
            }
        }
    }

    private async Task<ChildExit> SuperviseAsync()
    {
        var drained = Task.WhenAll(
            DrainAsync(_process.StandardOutput.BaseStream, _output),
            DrainAsync(_process.StandardError.BaseStream, _error));
        var exited = _process.WaitForExitAsync();
        var limited = _spec.Timeout is not null || _spec.MemoryLimitBytes is not null || _spec.ProcessLimit is not null;
        while (limited && !exited.IsCompleted)
        {
            await Task.WhenAny(exited, Task.Delay(PollInterval));
            if (!exited.IsCompleted)
            {
                EnforceLimits();
            }
        }

        await exited;

        // A grandchild that holds the pipes open must not hold us.
        await Task.WhenAny(drained, Task.Delay(DrainTime));
        return new ChildExit(_end, _process.ExitCode, _output.Text(), _error.Text(), Interlocked.Read(ref _peakMemory));
    }

    private void EnforceLimits()
    {
        if (_spec.Timeout is { } timeout && _elapsed.Elapsed > timeout)
        {
            KillBecause(ChildEnd.TimedOut);
            return;
        }

        if (_spec.MemoryLimitBytes is null && _spec.ProcessLimit is null)
        {
            return;
        }

        var usage = ProcessTree.Measure(_process.Id);
        if (usage.AnonymousBytes > _peakMemory)
        {
            Interlocked.Exchange(ref _peakMemory, usage.AnonymousBytes);
        }

        if (_spec.MemoryLimitBytes is { } memory && usage.AnonymousBytes > memory)
        {
            KillBecause(ChildEnd.MemoryExceeded);
        }
        else if (_spec.ProcessLimit is { } processes && usage.Processes > processes)
        {
            KillBecause(ChildEnd.ProcessesExceeded);
        }
    }

    private async Task DrainAsync(Stream stream, BoundedOutput kept)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                kept.Append(buffer.AsSpan(0, read));
                if (_output.Total + _error.Total > _spec.OutputLimitBytes)
                {
                    KillBecause(ChildEnd.OutputFlood);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The pipe broke with its process.
        }
    }
}
