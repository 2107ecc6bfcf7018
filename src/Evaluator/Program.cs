using KernelForge.Evaluator.Compilation;
using Microsoft.Win32.SafeHandles;

if (args is ["compile", .. var rest])
{
    await using var requests = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    return await CompilerProcess.RunAsync(rest, requests, CancellationToken.None);
}

return 64;
