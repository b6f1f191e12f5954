using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Inference.Benchmarks;

// Two ways in: `load` measures time and memory of loading in one process, in a minute and with a verdict;
// everything else goes to BenchmarkDotNet.
if (args is ["load", ..])
{
    return LoadReport.Run(args[1..]);
}

if (args is [LoadReport.FirstCommand, string model])
{
    return LoadReport.RunFirst(model);
}

// The models' names are longer than the column that BenchmarkDotNet would give them.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(48));
BenchmarkSwitcher.FromAssembly(typeof(LoadReport).Assembly).Run(args, config);
return 0;
