using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DigitalTwin.Benchmarks.Running;

/// <summary>The app as a second process on a port of its own. Stops that process, and no other, in the end.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly Queue<string> lastLines = new();
    private readonly long started = Stopwatch.GetTimestamp();

    private AppProcess(string app, string dataPath, IPEndPoint endPoint)
    {
        EndPoint = endPoint;
        var start = new ProcessStartInfo("dotnet", [app])
        {
            WorkingDirectory = Path.GetDirectoryName(app)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = $"http://{endPoint}",
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Twin__DataPath"] = dataPath,
                ["Twin__Limits__Enabled"] = "false",
            },
        };
        // What makes this driver lean is not a setting of the app.
        LeanSockets.Forget(start.Environment);
        process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IPEndPoint EndPoint { get; }

    public ProcessFigures Figures => ProcessFigures.Of(process);

    /// <summary>From the start of the process to its first good answer about its readiness.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>Starts the app and waits until it says that it is ready.</summary>
    public static async Task<AppProcess> StartAsync(string app, string dataPath)
    {
        var running = new AppProcess(app, dataPath, FreeEndPoint());
        while (!ReadyProbe.IsReady(running.EndPoint))
        {
            if (running.process.HasExited || Stopwatch.GetElapsedTime(running.started) > Patience)
            {
                var said = running.Said();
                await running.DisposeAsync();
                throw new BenchmarkException($"The app did not become ready. It said:\n{said}");
            }

            await Task.Delay(2);
        }

        running.TimeToReady = Stopwatch.GetElapsedTime(running.started);
        return running;
    }

    /// <summary>Ends the process as a crash would.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Asks the process to end, and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            _ = OperatingSystem.IsWindows() ? -1 : NativeMethods.Kill(process.Id, Terminate);
            using var patience = new CancellationTokenSource(OperatingSystem.IsWindows() ? TimeSpan.Zero : TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
            }
        }

        process.Dispose();
    }

    private static IPEndPoint FreeEndPoint()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (lastLines)
        {
            lastLines.Enqueue(line.Data ?? "");
            if (lastLines.Count > 40)
            {
                lastLines.Dequeue();
            }
        }
    }

    private string Said()
    {
        lock (lastLines)
        {
            return string.Join('\n', lastLines);
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int process, int signal);
    }
}
