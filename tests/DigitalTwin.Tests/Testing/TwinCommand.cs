using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>What somebody sees who starts the application from a shell: what it writes, and how it ends.</summary>
internal sealed partial class TwinCommand : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TwinCommand(string folder, string[] arguments, (string Setting, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("Twin__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OPENAI_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (setting, value) in settings)
        {
            start.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(output, line.Data);
        process.ErrorDataReceived += (_, line) => Hear(errors, line.Data);
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException("It ended at its start:\n" + Output + Errors));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(output);

    public string Errors => Read(errors);

    /// <summary>Runs it in a folder until it ends of itself.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, params (string Setting, string Value)[] settings) =>
        RunAsync(folder, [], settings);

    /// <summary>Runs it with arguments until it ends of itself.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string folder, string[] arguments, params (string Setting, string Value)[] settings)
    {
        await using var command = new TwinCommand(folder, arguments, settings);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        await command.process.WaitForExitAsync(timeout.Token);
        return (command.process.ExitCode, command.Output, command.Errors);
    }

    /// <summary>Runs it in a folder until it is disposed of; returns when it listens.</summary>
    public static async Task<(TwinCommand Command, Uri Address)> StartAsync(string folder, params (string Setting, string Value)[] settings)
    {
        var command = new TwinCommand(folder, [], settings);
        try
        {
            return (command, await command.address.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
        }
        catch
        {
            await command.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it and waits until everything that it wrote is read.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private void Hear(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.Append(line).Append('\n');
        }

        if (LoopbackAddress().Match(line) is { Success: true } match)
        {
            address.TrySetResult(new Uri(match.Value));
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+(?= \()")]
    private static partial Regex LoopbackAddress();
}
