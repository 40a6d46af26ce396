using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.Tests.Engines.Bedrock;

/// <summary>
/// The chain as the application registers it: bedrock on a scripted server over real HTTP, then an extractive engine that says
/// "Built in". Time stands still unless the test moves it, and everything logged is kept.
/// </summary>
internal sealed class BedrockHost : IAsyncDisposable
{
    public const string ModelId = "eu.anthropic.claude-sonnet-4-20250514-v1:0";
    private readonly IHost _host;

    private BedrockHost(BedrockServer server, (string Name, string Value)[] settings)
    {
        Server = server;
        Timers = new TimerWatch(Clock);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Twin:Engines:Bedrock:ModelId"] = ModelId;
        builder.Configuration["AWS_REGION"] = "eu-central-1";
        builder.Configuration["AWS_ENDPOINT_URL"] = server.Endpoint;
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.AddSingleton<TimeProvider>(Timers);
        builder.AddAws();
        builder.Services.AddSingleton<AWSCredentials>(new FailingCredentials());
        builder.Services.AddEngines(builder.Configuration);
        builder.Services.AddKeyedSingleton<IChatClient>(EngineSettings.ExtractiveEngine, ScriptedClient.Saying("Built in"));
        _host = builder.Build();
    }

    public BedrockServer Server { get; }

    public ManualTimeProvider Clock { get; } = new();

    public TimerWatch Timers { get; }

    public CapturedLogs Logs { get; } = new();

    public IServiceProvider Services => _host.Services;

    public IChatClient Chain => _host.Services.GetRequiredService<IChatClient>();

    public IChatClient Bedrock => _host.Services.GetRequiredKeyedService<IChatClient>(EngineSettings.BedrockEngine);

    public static async Task<BedrockHost> StartAsync(params (string Name, string Value)[] settings) =>
        new(await BedrockServer.StartAsync(), settings);

    public IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken cancellationToken = default) =>
        Chain.GetStreamingResponseAsync("prompt-marker", null, cancellationToken);

    public async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        var (text, failure) = await EngineChain.Read(Ask(cancellationToken));
        return failure is null ? text : throw failure;
    }

    /// <summary>Lets each wait for a retry pass as soon as it has begun; the waits for the network itself are left alone.</summary>
    public async Task<string> AnswerAfterRetriesAsync(CancellationToken cancellationToken)
    {
        var answer = AnswerAsync(cancellationToken);
        while (!answer.IsCompleted)
        {
            var armed = Timers.ArmedAsync();
            if (await Task.WhenAny(armed, answer) == armed && await armed is var wait && wait < TimeSpan.FromSeconds(5))
            {
                Clock.Advance(wait);
            }
        }

        return await answer;
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>Marked keys, until they are said to be missing.</summary>
internal sealed class FailingCredentials : AWSCredentials
{
    public bool Fail { get; set; }

    public override ImmutableCredentials GetCredentials() =>
        Fail ? throw new AmazonClientException("secret-key-marker") : new ImmutableCredentials("AKIDMARKER", "secret-key-marker", "session-token-marker");
}
