using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.Tests.Engines;

/// <summary>A chain of scripted engines on a clock that the test moves.</summary>
internal sealed class EngineChain : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddLogging().BuildServiceProvider();

    public EngineChain(params (string Name, IChatClient Client)[] engines)
        : this(new EngineSettings(), engines)
    {
    }

    public EngineChain(EngineSettings settings, params (string Name, IChatClient Client)[] engines)
    {
        Timers = new TimerWatch(Clock);
        Meters = _services.GetRequiredService<IMeterFactory>();
        Client = new FailoverChatClient(
            engines.Select(engine => new ChatEngine(engine.Name, engine.Client)),
            settings,
            Timers,
            new EngineMetrics(Meters, new EngineSettings()),
            _services.GetRequiredService<ILogger<FailoverChatClient>>());
    }

    public ManualTimeProvider Clock { get; } = new();

    public TimerWatch Timers { get; }

    public IMeterFactory Meters { get; }

    public FailoverChatClient Client { get; }

    public IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken cancellationToken = default) =>
        Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Who are you?")], null, cancellationToken);

    /// <summary>The answer as far as it came, with the engine's name in front.</summary>
    public async Task<string> AnswerAsync()
    {
        var answer = await Read(Ask());
        return answer.Failure is null ? answer.Text : throw answer.Failure;
    }

    public static async Task<(string Text, EngineFailedException? Failure)> Read(IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        var seen = new ConcurrentQueue<string>();
        try
        {
            await foreach (var update in updates)
            {
                if (update.GetEngineName() is { } name)
                {
                    seen.Enqueue($"{name}: ");
                }

                seen.Enqueue(update.Text);
            }

            return (string.Concat(seen), null);
        }
        catch (EngineFailedException failure)
        {
            return (string.Concat(seen), failure);
        }
    }

    public void Dispose() => _services.Dispose();
}
