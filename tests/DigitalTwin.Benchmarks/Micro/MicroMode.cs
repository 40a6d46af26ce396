using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DigitalTwin.Benchmarks.Running;
using Perfolizer.Horology;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>
/// BenchmarkDotNet, in this process: the version that restores does not know .NET 10, for which it would have to build a project.
/// </summary>
internal static class MicroMode
{
    public static Task RunAsync(BenchmarkOptions options)
    {
        using var artifacts = new ScratchFolder();
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(4).WithIterationCount(12).WithIterationTime(TimeInterval.FromMilliseconds(250));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(NullLogger.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics)
            .AddColumn(StatisticColumn.Median, StatisticColumn.P95, StatisticColumn.OperationsPerSecond)
            .WithArtifactsPath(artifacts.Path);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroMode).Assembly).Run(["--filter", options.Find("filter") ?? "*"], config);
        foreach (var summary in summaries)
        {
            MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
        }

        return Task.CompletedTask;
    }
}
