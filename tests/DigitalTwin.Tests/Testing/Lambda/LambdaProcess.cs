using System.Collections.Concurrent;
using System.Diagnostics;

namespace DigitalTwin.Tests.Testing.Lambda;

/// <summary>
/// An execution environment: the published application in a process of its own, started as Lambda's managed runtime starts it. None
/// outlives the tests. It needs nothing but the BCL, so that other test projects can link the file.
/// </summary>
public sealed class LambdaProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private static readonly string[] ForeignSettings = ["Twin__", "OPENAI_", "ASPNETCORE_", "AWS_", "DOTNET_gc", "DOTNET_GC", "MSBUILD"];

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();

    static LambdaProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Values)
        {
            left.Kill();
        }
    };

    private LambdaProcess(string assembly, string runtimeApi, IEnumerable<(string Setting, string Value)> settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(assembly),
        };
        foreach (var name in start.Environment.Keys.Where(name => ForeignSettings.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["AWS_LAMBDA_RUNTIME_API"] = runtimeApi;
        foreach (var (setting, value) in settings)
        {
            start.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
    }

    public int Id => process.Id;

    /// <summary>What the process wrote to its console.</summary>
    public string Output => string.Join('\n', output);

    /// <param name="assembly">The published application's <c>.dll</c>.</param>
    /// <param name="runtimeApi">Host and port of the Runtime API.</param>
    public static LambdaProcess Start(string assembly, string runtimeApi, params (string Setting, string Value)[] settings)
    {
        var function = new LambdaProcess(assembly, runtimeApi, settings);
        function.process.Start();
        Running[function.process.Id] = function.process;
        function.process.BeginOutputReadLine();
        function.process.BeginErrorReadLine();
        return function;
    }

    /// <summary>Memory in RAM, in bytes.</summary>
    public long ResidentBytes()
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    /// <summary>Tells it to end, as Lambda does when it takes an environment down (SIGTERM).</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until the process has ended by itself; returns its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(limit.Token);
        Running.TryRemove(process.Id, out _);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Running.TryRemove(process.Id, out _))
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is not null)
        {
            output.Enqueue(line);
        }
    }
}
