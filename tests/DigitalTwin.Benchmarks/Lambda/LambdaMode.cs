using System.IO.Compression;
using System.Text;
using DigitalTwin.Benchmarks.Running;

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
            var portable = await AppFolder.PublishAsync(Path.Combine(temporary.Path, "portable"), "-p:UseAppHost=false");
            table.Add(["package with ReadyToRun for linux-x64, zipped MiB", TextTable.Number(await ZippedAsync(app, temporary)), "-", "-"]);
            table.Add(["package for every processor, zipped MiB", TextTable.Number(await ZippedAsync(portable, temporary)), "-", "-"]);
        }

        table.Print();
    }

    /// <summary>One cold start; returns its milliseconds.</summary>
    private static async Task<double> StartAsync(string app, string data)
    {
        using var start = new ColdStart();
        var (milliseconds, answer) = await start.MeasureAsync(app, Question, ("Twin:DataPath", data), ("DOTNET_TieredPGO", "0"));
        return answer.Contains("1815", StringComparison.Ordinal)
            ? milliseconds
            : throw new BenchmarkException($"The answer is not the right one:\n{answer}");
    }

    /// <summary>The size of the app's folder as a package, in MiB.</summary>
    private static async Task<double> ZippedAsync(string app, ScratchFolder temporary)
    {
        var zip = Path.Combine(temporary.Path, "package.zip");
        File.Delete(zip);
        await ZipFile.CreateFromDirectoryAsync(Path.GetDirectoryName(app)!, zip, CompressionLevel.Optimal, includeBaseDirectory: false, Encoding.UTF8);
        return new FileInfo(zip).Length / 1048576.0;
    }
}
