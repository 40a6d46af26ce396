using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>The AWS emulator moto in a process of its own; tests of the AWS parts share it and keep apart by the names of tables and buckets.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim turn = new(1, 1);
    private Process? process;
    private Uri? emulator;
    private AwsGate? gate;

    /// <summary>A way to the emulator without failures. Skips the test when the emulator is not installed.</summary>
    public AwsGate Gate
    {
        get
        {
            Assert.SkipWhen(gate is null, "moto_server is not installed (pip install 'moto[server]'): tests against the AWS emulator are skipped.");
            return gate!;
        }
    }

    /// <summary>A way of the test's own, for it to fail on.</summary>
    public Task<AwsGate> OwnGateAsync()
    {
        _ = Gate;
        return AwsGate.StartAsync(emulator!, turn);
    }

    public async ValueTask InitializeAsync()
    {
        var port = FreePort();
        try
        {
            process = Process.Start(new ProcessStartInfo("moto_server", ["-H", "127.0.0.1", "-p", $"{port}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        emulator = new Uri($"http://127.0.0.1:{port}");
        await AnswersAsync();
        gate = await AwsGate.StartAsync(emulator, turn);
    }

    public async ValueTask DisposeAsync()
    {
        if (gate is not null)
        {
            await gate.DisposeAsync();
        }

        End();
        turn.Dispose();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref process, null) is { } running)
        {
            running.Kill(entireProcessTree: true);
            running.WaitForExit();
            running.Dispose();
        }
    }

    private async Task AnswersAsync()
    {
        using var client = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(emulator!, "/moto-api/"));
                return;
            }
            catch (HttpRequestException) when (clock.Elapsed < StartTimeout)
            {
                await Task.Delay(50);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Tests against the emulator share one.</summary>
[CollectionDefinition(Name)]
public sealed class OneMoto : ICollectionFixture<MotoServer>
{
    public const string Name = "Moto";
}
