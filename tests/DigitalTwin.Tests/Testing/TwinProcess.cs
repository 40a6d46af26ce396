using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// The real application in a process of its own, from its build output, on a port from the system. It can be killed as a power cut
/// would; none outlives the tests.
/// </summary>
internal sealed partial class TwinProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    static TwinProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Values)
        {
            left.Kill();
        }
    };

    private TwinProcess(string dataPath, (string Setting, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [AppPath()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(AppPath()),
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Twin__DataPath"] = dataPath;
        foreach (var (setting, value) in settings)
        {
            start.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException("The twin ended at its start:\n" + Output));
    }

    public Uri Address => address.Task.Result;

    /// <summary>What the process wrote to its console.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Starts the twin on a data folder and waits until it is ready.</summary>
    public static async Task<TwinProcess> StartAsync(string dataPath, params (string Setting, string Value)[] settings)
    {
        var twin = new TwinProcess(dataPath, settings);
        try
        {
            twin.process.Start();
            Running[twin.process.Id] = twin.process;
            twin.process.BeginOutputReadLine();
            twin.process.BeginErrorReadLine();
            await twin.ReadyAsync();
            return twin;
        }
        catch
        {
            await twin.DisposeAsync();
            throw;
        }
    }

    public HttpClient NewVisitor(CookieContainer? cookies = null) => new(
        new SocketsHttpHandler { CookieContainer = cookies ?? new CookieContainer(), AllowAutoRedirect = false })
    {
        BaseAddress = Address,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>SIGKILL: no handler runs and no buffer is written. Done when the process is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        Running.TryRemove(process.Id, out _);
    }

    public async ValueTask DisposeAsync()
    {
        if (Running.ContainsKey(process.Id))
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("Twin__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OPENAI_", StringComparison.OrdinalIgnoreCase);

    /// <summary>The app's own output, built in the same configuration as these tests.</summary>
    private static string AppPath()
    {
        var output = AppContext.BaseDirectory[(AppContext.BaseDirectory.LastIndexOf("/bin/", StringComparison.Ordinal) + 1)..];
        var path = Path.Combine(Repository.Root, "src", "DigitalTwin", output, "DigitalTwin.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"The application is not built: there is no {path}.");
    }

    private async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = await address.Task.WaitAsync(StartTimeout, TestContext.Current.CancellationToken) };
        using var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(ready.StatusCode is HttpStatusCode.OK, Output);
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        output.Enqueue(line);
        if (LoopbackAddress().Match(line) is { Success: true } match)
        {
            address.TrySetResult(new Uri(match.Value));
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex LoopbackAddress();
}
