using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>What the engines did, on the meter <c>DigitalTwin</c>; every measurement carries the engine's name.</summary>
internal sealed class EngineMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _firstToken;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly EngineSettings _settings;

    public EngineMetrics(IMeterFactory meters, EngineSettings settings)
    {
        _settings = settings;
        var meter = meters.Create("DigitalTwin");
        _requests = meter.CreateCounter<long>("twin.engine.requests", "{request}", "Answers asked of an engine.");
        _failures = meter.CreateCounter<long>("twin.engine.failures", "{failure}", "Answers an engine did not give or finish, by code.");
        _firstToken = meter.CreateHistogram<double>("twin.engine.first_token", "s", "Time until an engine's first text.");
        _tokens = meter.CreateCounter<long>("twin.engine.tokens", "{token}", "Tokens an engine reports, by direction.");
        _cost = meter.CreateCounter<double>("twin.engine.cost", "USD", "What an engine's tokens cost, by the price that is set for it.");
    }

    public void Asked(string engine) => _requests.Add(1, Engine(engine));

    public void Failed(EngineFailedException failure, string engine) => _failures.Add(1, Engine(engine), new("code", failure.Code));

    public void FirstToken(string engine, TimeSpan elapsed) => _firstToken.Record(elapsed.TotalSeconds, Engine(engine));

    public void Count(string engine, ChatResponseUpdate update)
    {
        for (var i = 0; i < update.Contents.Count; i++)
        {
            if (update.Contents[i] is UsageContent { Details: var usage })
            {
                var (input, output) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0);
                _tokens.Add(input, Engine(engine), new("direction", "input"));
                _tokens.Add(output, Engine(engine), new("direction", "output"));
                if (_settings.PriceOf(engine).Of(input, output) is > 0 and var usd)
                {
                    _cost.Add(usd, Engine(engine));
                }
            }
        }
    }

    private static KeyValuePair<string, object?> Engine(string engine) => new("engine", engine);
}
