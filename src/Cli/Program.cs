using System.Runtime.InteropServices;
using KernelForge.Cli;
using KernelForge.Cli.Terminal;

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await CommandLine.RunAsync(args, Surroundings.OfThisProcess(), interrupted.Token);

void Interrupt(PosixSignalContext context)
{
    // The first asks, and children are killed on the way out; the second ends this process at once.
    context.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}
