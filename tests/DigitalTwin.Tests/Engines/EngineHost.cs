using System.Collections.Concurrent;
using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.Tests.Engines;

/// <summary>
/// The chain as the application registers it: openai on a scripted server over real HTTP, then an extractive engine that says
/// "Built in". Time stands still unless the test moves it, and everything logged is kept.
/// </summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly IHost _host;

    private EngineHost(OpenAiServer server, (string Name, string Value)[] settings)
    {
        Server = server;
        Timers = new TimerWatch(Clock);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Twin:Engines:OpenAI:BaseUrl"] = server.BaseUrl;
        builder.Configuration["Twin:Engines:OpenAI:ApiKey"] = "sk-key-marker";
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.AddSingleton<TimeProvider>(Timers);
        builder.Services.AddEngines(builder.Configuration);
        builder.Services.AddKeyedSingleton<IChatClient>(EngineSettings.ExtractiveEngine, ScriptedClient.Saying("Built in"));
        _host = builder.Build();
    }

    public OpenAiServer Server { get; }

    public ManualTimeProvider Clock { get; } = new();

    public TimerWatch Timers { get; }

    public LogCollector Logs { get; } = new();

    public IChatClient Chain => _host.Services.GetRequiredService<IChatClient>();

    public IChatClient OpenAI => _host.Services.GetRequiredKeyedService<IChatClient>(EngineSettings.OpenAIEngine);

    public static async Task<EngineHost> StartAsync(params (string Name, string Value)[] settings) =>
        new(await OpenAiServer.StartAsync(), settings);

    public IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken cancellationToken = default) =>
        Chain.GetStreamingResponseAsync("prompt-marker", null, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await Server.DisposeAsync();
    }

    internal sealed class LogCollector : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {state} {exception}");

        public void Dispose()
        {
        }
    }
}
