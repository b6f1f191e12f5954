using System.Runtime.InteropServices;
using System.Threading;
using Inference.Cli;

// Ctrl-C, a polite kill and a terminal that goes away end the work between two chunks, so that no half-written file stays behind.
// A second one is not held back.
using CancellationTokenSource cancellation = new();
int signal = 0;
void Stop(PosixSignalContext context)
{
    context.Cancel = Interlocked.Exchange(ref signal, ExitCodes.Of(context.Signal)) == 0;
    cancellation.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
int exitCode = CommandLine.Run(args, CommandHost.ForProcess(cancellation.Token));
return exitCode == ExitCodes.Interrupted ? signal : exitCode;
