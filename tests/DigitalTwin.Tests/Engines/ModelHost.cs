using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.Tests.Engines;

/// <summary>
/// The chain as the application registers it: a model on a scripted server over real HTTP, then an extractive engine that says
/// "Built in". Time stands still unless the test moves it, and everything logged is kept.
/// </summary>
internal abstract class ModelHost<TServer> : IModelHost
    where TServer : IAsyncDisposable
{
    private readonly IHost host;

    protected ModelHost(TServer server, (string Name, string? Value)[] settings)
    {
        Server = server;
        Timers = new TimerWatch(Clock);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.AddSingleton<TimeProvider>(Timers);
        Register(builder);
        builder.Services.AddEngines(builder.Configuration);
        builder.Services.AddKeyedSingleton<IChatClient>(EngineSettings.ExtractiveEngine, ScriptedClient.Saying("Built in"));
        host = builder.Build();
    }

    public TServer Server { get; }

    public ManualTimeProvider Clock { get; } = new();

    public TimerWatch Timers { get; }

    public CapturedLogs Logs { get; } = new();

    public IServiceProvider Services => host.Services;

    public IChatClient Chain => Services.GetRequiredService<IChatClient>();

    public abstract string Engine { get; }

    public IChatClient Client => Services.GetRequiredKeyedService<IChatClient>(Engine);

    public abstract int RequestCount { get; }

    public abstract ScriptedReply NextIsGated();

    public abstract ScriptedReply NextHangs();

    public abstract void NextStatus(int status);

    public ValueTask StopServerAsync() => Server.DisposeAsync();

    public IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken cancellationToken = default) =>
        Chain.GetStreamingResponseAsync("prompt-marker", null, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>What the engine needs besides its settings.</summary>
    protected virtual void Register(IHostApplicationBuilder builder)
    {
    }
}

/// <summary>What every model's client is tried with.</summary>
internal interface IModelHost : IAsyncDisposable
{
    string Engine { get; }

    /// <summary>The model's own client, without the failover.</summary>
    IChatClient Client { get; }

    int RequestCount { get; }

    /// <summary>The next answer waits for what the test adds to it.</summary>
    ScriptedReply NextIsGated();

    ScriptedReply NextHangs();

    void NextStatus(int status);

    ValueTask StopServerAsync();

    IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken cancellationToken = default);
}
