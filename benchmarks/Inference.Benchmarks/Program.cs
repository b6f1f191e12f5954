using System;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Inference.Benchmarks;
using Inference.Benchmarks.Overhead;
using Inference.Benchmarks.Peers;
using Inference.Benchmarks.Races;
using Inference.Benchmarks.Refresh;
using Inference.Benchmarks.Threads;

// Two ways in: the commands measure one promise each, with a verdict; everything else goes to BenchmarkDotNet.
try
{
    switch (args)
    {
        case ["load", ..]:
            return LoadReport.Run(args[1..]);
        case [LoadReport.FirstCommand, string model]:
            return LoadReport.RunFirst(model);
        case ["peers", ..]:
            return PeersCommand.Run(args[1..]);
        case ["chart", ..]:
            return ChartCommand.Run(args[1..]);
        case ["overhead", ..]:
            return OverheadReport.Run(args[1..]);
        case ["refresh", ..]:
            return RefreshReport.Run(args[1..]);
        case [RefreshRun.Command, ..]:
            return await RefreshRun.Run(args[1..]);
        case ["threads", ..]:
            return ThreadsReport.Run(args[1..]);
        case [ThreadsRun.Command, ..]:
            return ThreadsRun.Run(args[1..]);
        case ["races", ..]:
            return RacesReport.Run(args[1..]);
        case [RacesRun.Command, ..]:
            return RacesRun.Run(args[1..]);
    }
}
catch (BenchmarkException exception)
{
    Console.Error.WriteLine($"{args[0]}: {exception.Message}");
    return 2;
}

// The models' names are longer than the column that BenchmarkDotNet would give them.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(48));
BenchmarkSwitcher.FromAssembly(typeof(LoadReport).Assembly).Run(args, config);
return 0;
