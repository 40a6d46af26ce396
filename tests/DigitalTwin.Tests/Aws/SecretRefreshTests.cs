using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Memory;
using DigitalTwin.Owner;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DigitalTwin.Tests.Aws;

/// <summary>No secret is used for longer than five minutes, and none that is not good.</summary>
[Collection(OneMoto.Name)]
public sealed class SecretRefreshTests(MotoServer moto) : IDisposable
{
    private const string First = "first-owner-key-marker";
    private const string Second = "second-owner-key-marker";
    private const string FirstSigning = "first-signing-key-marker-0123456789abcdef";
    private const string SecondSigning = "second-signing-key-marker-0123456789abcdef";
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    private readonly EmulatedAws aws = new(moto);
    private readonly ManualTimeProvider clock = new();
    private readonly CapturedLogs logs = new();
    private int versions;

    public void Dispose()
    {
        aws.Dispose();
        logs.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_secret_counts_within_five_minutes()
    {
        var twin = await StartAsync("refresh/changed");
        await PutAsync("refresh/changed", Settings(Second, FirstSigning));

        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);
        Assert.True(twin.Owner.Matches(First));
        clock.Advance(FiveMinutes);
        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);

        Assert.Equal((false, true), (twin.Owner.Matches(First), twin.Owner.Matches(Second)));
        await PutAsync("refresh/changed", Settings(First, FirstSigning));
        clock.Advance(FiveMinutes);
        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);
        Assert.True(twin.Owner.Matches(First));
        Assert.Empty(logs.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_secret_that_broke_leaves_all_as_it_was_and_is_read_again_soon()
    {
        var twin = await StartAsync("refresh/broken");
        await PutAsync("refresh/broken", "text-marker");
        clock.Advance(FiveMinutes);

        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);
        Assert.True(twin.Owner.Matches(First));
        await PutAsync("refresh/broken", Settings(Second, FirstSigning));
        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);
        Assert.True(twin.Owner.Matches(First), "Not every event asks again.");
        clock.Advance(TimeSpan.FromMinutes(1));
        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);

        Assert.True(twin.Owner.Matches(Second));
        AssertWarned("Twin:Aws:AppSecretId");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_bad_value_is_left_out_and_the_others_count()
    {
        var twin = await StartAsync("refresh/short");
        await PutAsync("refresh/short", Settings("short-marker", SecondSigning));
        clock.Advance(FiveMinutes);

        await twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken);

        Assert.Equal((true, SecondSigning), (twin.Owner.Matches(First), twin.Memory.Now.SigningKey));
        AssertWarned("Twin:Owner:Key");
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_waits_longer_than_three_seconds_for_a_service_that_does_not_answer()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new AwsClient(
            EmulatedAws.SettingsFor(new Uri($"http://{silent.LocalEndpoint}")), new BasicAWSCredentials("test", "test"), clock);
        var twin = await StartAsync("refresh/silent", new SecretsManager(client));
        clock.Advance(FiveMinutes);

        var refreshing = twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken).AsTask();
        using var asked = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.False(refreshing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        await refreshing;

        Assert.True(twin.Owner.Matches(First));
        AssertWarned("does not answer");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_event_that_runs_out_of_time_meanwhile_ends_and_the_next_tries_again()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new AwsClient(
            EmulatedAws.SettingsFor(new Uri($"http://{silent.LocalEndpoint}")), new BasicAWSCredentials("test", "test"), clock);
        var twin = await StartAsync("refresh/late", new SecretsManager(client));
        clock.Advance(FiveMinutes);
        using var deadline = new CancellationTokenSource();

        var refreshing = twin.Refresh.EnsureFreshAsync(deadline.Token).AsTask();
        using var asked = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        // A connection on which nothing was asked yet would be kept for the next try.
        Assert.NotEqual(0, await asked.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refreshing);
        var next = twin.Refresh.EnsureFreshAsync(TestContext.Current.CancellationToken).AsTask();
        using var askedAgain = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(3));
        await next;

        Assert.Single(logs.Lines);
    }

    private static string Settings(string ownerKey, string signingKey) =>
        new JsonObject { ["Twin:Owner:Key"] = ownerKey, ["Twin:Signing:Key"] = signingKey }.ToJsonString();

    private void AssertWarned(string setting)
    {
        var line = Assert.Single(logs.Lines);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains(setting, line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("-marker", line.Text, StringComparison.Ordinal);
    }

    private Task<JsonNode> PutAsync(string name, string text) => aws.SendAsync(
        "secretsmanager", "PutSecretValue", new JsonObject { ["SecretId"] = name, ["SecretString"] = text, ["ClientRequestToken"] = $"0123456789abcdef0123456789abcd{versions++:D2}" }.ToJsonString());

    /// <param name="later">Whom the twin asks after its start; the emulator when null.</param>
    private async Task<(SecretRefresh Refresh, OwnerKey Owner, LiveSettings<MemorySettings> Memory)> StartAsync(string name, SecretsManager? later = null)
    {
        await aws.CreateSecretAsync(name, Settings(First, FirstSigning));
        var configuration = new ConfigurationManager();
        var settings = EmulatedAws.SettingsFor(new Uri("http://localhost")) with { AppSecretId = name };
        var manager = new SecretsManager(aws.Client);
        var secrets = new SecretSettings(settings, configuration);
        await secrets.ReadAsync(manager, TestContext.Current.CancellationToken);
        ((IConfigurationBuilder)configuration).Add(secrets);
        var owner = new LiveSettings<OwnerSettings>(() => OwnerSettings.From(configuration));
        var memory = new LiveSettings<MemorySettings>(() => MemorySettings.From(configuration));
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(logs));
        return (new SecretRefresh(secrets, later ?? manager, [owner, memory], settings, clock, loggers.CreateLogger<SecretRefresh>()), new OwnerKey(owner), memory);
    }
}
