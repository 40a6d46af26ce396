using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>The AWS emulator moto in a process of its own; tests of the AWS parts share it and keep apart by the names of tables and buckets.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private Process? process;

    public Uri Address
    {
        get
        {
            Assert.SkipWhen(field is null, "moto_server is not installed (pip install 'moto[server]'): tests against the AWS emulator are skipped.");
            return field!;
        }
        private set;
    }

    public static BasicAWSCredentials Credentials => new("test", "test");

    public AmazonDynamoDBClient DynamoDb() => new(Credentials, new AmazonDynamoDBConfig { ServiceURL = Address.ToString(), AuthenticationRegion = "eu-central-1" });

    public AmazonS3Client S3() => new(Credentials, new AmazonS3Config { ServiceURL = Address.ToString(), AuthenticationRegion = "eu-central-1", ForcePathStyle = true });

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

        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Address = new Uri($"http://127.0.0.1:{port}");
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
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
                using var response = await client.GetAsync(new Uri(Address, "/moto-api/"));
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
