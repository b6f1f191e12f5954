using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime;

namespace Inference.Native.Platform;

/// <summary>Settings of the .NET runtime under which a forked child, or its parent, cannot live.</summary>
internal static class ForkHazards
{
    private const string WriteXorExecute =
        "compiled code is mapped shared (W^X), so a forked child's compiler writes into its parent's code; start the process with DOTNET_EnableWriteXorExecute=0";

    private const string TieredCompilation =
        "a thread compiles hot code a second time, and a child that is forked while it holds a lock hangs or aborts; start the process with DOTNET_TieredCompilation=0";

    private const string ServerCollector =
        "the server garbage collector is on, its threads do not come along and a forked child hangs at its first collection; start the process with DOTNET_gcServer=0";

    private const string ConcurrentCollector =
        "large collections run on a thread of their own, which does not come along: once there has been one, a forked child hangs in its next; start the process with DOTNET_gcConcurrent=0";

    /// <summary>Whether the runtime writes a dump when it crashes: it forks for that, inside the crash.</summary>
    public static bool WritesDumps => IsOn("DOTNET_DbgEnableMiniDump") ?? IsOn("COMPlus_DbgEnableMiniDump") ?? false;

    /// <summary>What stands against forking this process, one sentence each; empty for nothing.</summary>
    public static IReadOnlyList<string> Find()
    {
        List<string> hazards = [];
        if (OperatingSystem.IsWindows())
        {
            return hazards;
        }

        if (MapsCodeShared())
        {
            hazards.Add(WriteXorExecute);
        }

        if (CompilesInTiers())
        {
            hazards.Add(TieredCompilation);
        }

        if (GCSettings.IsServerGC)
        {
            hazards.Add(ServerCollector);
        }

        // What the variable and the configuration have come to, unless the host has changed it since: Batch where nothing is concurrent.
        if (GCSettings.LatencyMode != GCLatencyMode.Batch)
        {
            hazards.Add(ConcurrentCollector);
        }

        return hazards;
    }

    /// <summary>Linux shows the mapping itself, which a variable set too late or misspelled does not change.</summary>
    /// <remarks>
    /// The runtime's memory file is called doublemapper (dotnet/runtime, src/coreclr/minipal/Unix/doublemapping.cpp).
    /// Elsewhere the variable tells; it is on where none is set.
    /// </remarks>
    private static bool MapsCodeShared()
    {
        const string maps = "/proc/self/maps";
        if (OperatingSystem.IsLinux() && File.Exists(maps))
        {
            return File.ReadLines(maps).Any(line => line.Contains("doublemapper", StringComparison.Ordinal));
        }

        return IsOn("DOTNET_EnableWriteXorExecute") ?? true;
    }

    /// <summary>The variable goes before the application's configuration file; where neither speaks it is on.</summary>
    private static bool CompilesInTiers() =>
        IsOn("DOTNET_TieredCompilation") ?? (!AppContext.TryGetSwitch("System.Runtime.TieredCompilation", out bool configured) || configured);

    /// <summary>The runtime's own variables are hexadecimal numbers; <see langword="null"/> where it is not set.</summary>
    private static bool? IsOn(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } setting ? setting.Trim('0', ' ').Length > 0 : null;
}
