using System.Runtime.InteropServices;
using System.Threading;
using Inference.Cli;

// Ctrl-C and a polite kill end the work between two chunks, so that no half-written file stays behind.
// A second one is not held back.
using CancellationTokenSource cancellation = new();
int signal = 0;
void Stop(PosixSignalContext context)
{
    context.Cancel = Interlocked.Exchange(ref signal, context.Signal == PosixSignal.SIGTERM ? ExitCodes.Terminated : ExitCodes.Interrupted) == 0;
    cancellation.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
int exitCode = CommandLine.Run(args, CommandHost.ForProcess(cancellation.Token));
return exitCode == ExitCodes.Interrupted ? signal : exitCode;
