using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using DigitalTwin.Benchmarks.Running;
using DigitalTwin.Tests.Testing.Lambda;

namespace DigitalTwin.Benchmarks.Lambda;

/// <summary>
/// The cold start on Lambda: from the start of a process to its answer to the first question, through the Runtime API, on a data folder
/// that is seeded and in the page cache. Also the size of the package that is deployed.
/// </summary>
internal static class LambdaMode
{
    private const string Question = """
        {"version": "2.0", "rawPath": "/api/chat", "rawQueryString": "", "headers": {"content-type": "application/json", "host": "twin.example"},
         "requestContext": {"domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", "http": {"method": "POST", "path": "/api/chat", "sourceIp": "203.0.113.7"}},
         "body": "{\"message\": \"When were you born?\"}", "isBase64Encoded": false}
        """;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var temporary = new ScratchFolder();
        var runs = options.Number("runs", 9);
        var app = options.Find("app") ?? await AppFolder.PublishAsync(
            Path.Combine(temporary.Path, "ready-to-run"), "-r", "linux-x64", "--self-contained", "false", "-p:UseAppHost=false", "-p:PublishReadyToRun=true");
        var data = options.Find("data") ?? Path.Combine(temporary.Path, "data");
        await StartAsync(app, data);
        var starts = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            starts.Add(await StartAsync(app, data));
        }

        starts.Sort();
        var table = new TextTable("Lambda", "median", "least", "most");
        table.Add([$"process start to first chat answer, ms ({runs} runs)", TextTable.Number(Median.Of(starts)), TextTable.Number(starts[0]), TextTable.Number(starts[^1])]);
        if (options.Find("app") is null)
        {
            table.Add(["package without ReadyToRun, zipped MiB", TextTable.Number(await PackageSizeAsync(temporary)), "-", "-"]);
        }

        table.Print();
    }

    /// <summary>One cold start; returns its milliseconds.</summary>
    private static async Task<double> StartAsync(string app, string data)
    {
        await using var runtime = await LoopbackRuntimeApi.StartAsync();
        using var call = runtime.Invoke(Question);
        var begun = Stopwatch.GetTimestamp();
        await using var function = LambdaProcess.Start(
            app, runtime.Address, ("Twin:DataPath", data), ("DOTNET_TieredPGO", "0"), ("DOTNET_GCgen0size", "0x4000000"));
        var answer = await call.Answer;
        var elapsed = Stopwatch.GetElapsedTime(begun);
        return answer.Contains("1815", StringComparison.Ordinal)
            ? elapsed.TotalMilliseconds
            : throw new BenchmarkException($"The answer is not the right one:\n{answer}\n{function.Output}");
    }

    /// <summary>Without native code, and so the same for every processor.</summary>
    private static async Task<double> PackageSizeAsync(ScratchFolder temporary)
    {
        var folder = Path.GetDirectoryName(await AppFolder.PublishAsync(Path.Combine(temporary.Path, "portable"), "-p:UseAppHost=false"))!;
        var zip = Path.Combine(temporary.Path, "package.zip");
        await ZipFile.CreateFromDirectoryAsync(folder, zip, CompressionLevel.Optimal, includeBaseDirectory: false, Encoding.UTF8);
        return new FileInfo(zip).Length / 1048576.0;
    }
}
