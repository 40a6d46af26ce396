using DigitalTwin.Benchmarks.Lambda;
using DigitalTwin.Benchmarks.Load;
using DigitalTwin.Benchmarks.Micro;
using DigitalTwin.Benchmarks.Running;
using DigitalTwin.Benchmarks.Start;

namespace DigitalTwin.Benchmarks;

internal static class BenchmarkProgram
{
    private const string Usage = """
        dotnet run -c Release --project tests/DigitalTwin.Benchmarks -- <mode> [options]

          load   turns a second, latency and memory of the running app
                 [--route chat|stream|both] [--connections 16] [--sessions new|own] [--seconds 10] [--runs 3] [--warmup 5]
          deep   latency of a further turn in a short and in a long session
                 [--turns 10000] [--measured 400]
          start  time to open a large table, and to start the app on it
                 [--items 1000000] [--runs 3] [--folder path]
          lambda cold start through Lambda's Runtime API, and the size of the package
                 [--runs 9]
          micro  BenchmarkDotNet
                 [--filter *]

        load and deep publish the app, start it on a temporary data folder and stop it in the end. [--app path/to/DigitalTwin.dll]
        takes one that is published already, [--url http://host:port] one that runs already, [--data path] another data folder.
        """;

    private static async Task<int> Main(string[] args)
    {
        LeanSockets.Configure();
        try
        {
            var options = BenchmarkOptions.Parse(args);
            await RunAsync(options);
            return 0;
        }
        catch (BenchmarkException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}{Environment.NewLine}{Environment.NewLine}{Usage}");
            return 1;
        }
    }

    private static Task RunAsync(BenchmarkOptions options) => options.Mode switch
    {
        "load" => LoadMode.RunAsync(options),
        "deep" => DeepMode.RunAsync(options),
        "start" => StartMode.RunAsync(options),
        "lambda" => LambdaMode.RunAsync(options),
        "micro" => MicroMode.RunAsync(options),
        TableProcess.FillMode => TableProcess.FillAsync(options),
        TableProcess.OpenMode => TableProcess.OpenAsync(options),
        _ => throw new BenchmarkException("Which mode?"),
    };
}

/// <summary>The benchmark cannot be run; the message says why.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
