using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// What the models took during an event, as one line on the console that CloudWatch makes metrics of
/// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html): namespace
/// <c>DigitalTwin</c>, dimension <c>Environment</c>.
/// </summary>
internal sealed class ModelMetrics : IDisposable
{
    private const string Namespace = "DigitalTwin";
    private const string Dimension = "Environment";
    private const string Meter = "DigitalTwin";
    private const string Tokens = "twin.engine.tokens";
    private const string Cost = "twin.engine.cost";
    private const string InputTokens = "ModelInputTokens";
    private const string OutputTokens = "ModelOutputTokens";
    private const string CostUsd = "ModelCostUsd";

    private readonly string environment;
    private readonly TimeProvider clock;
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, double> sums = [];

    public ModelMetrics(LambdaSettings settings, IMeterFactory meters, TimeProvider clock)
    {
        (environment, this.clock) = (settings.Environment, clock);
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Name: Tokens or Cost, Meter: { Name: Meter, Scope: var scope } } && scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, tokens, tags, _) => Add(IsInput(tags) ? InputTokens : OutputTokens, tokens));
        listener.SetMeasurementEventCallback<double>((_, usd, _, _) => Add(CostUsd, usd));
        listener.Start();
    }

    /// <summary>The line for what was measured since the last one; null when that is nothing.</summary>
    public string? Take()
    {
        lock (gate)
        {
            if (sums.Count == 0)
            {
                return null;
            }

            var line = Line();
            sums.Clear();
            return line;
        }
    }

    public void Dispose() => listener.Dispose();

    private static bool IsInput(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == "direction")
            {
                return value is "input";
            }
        }

        return false;
    }

    private void Add(string name, double value)
    {
        lock (gate)
        {
            sums[name] = sums.GetValueOrDefault(name) + value;
        }
    }

    private string Line()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("_aws");
            json.WriteNumber("Timestamp", clock.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteStartArray("CloudWatchMetrics");
            WriteDirective(json);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString(Dimension, environment);
            foreach (var (name, value) in sums)
            {
                json.WriteNumber(name, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private void WriteDirective(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("Namespace", Namespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        json.WriteStringValue(Dimension);
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var name in sums.Keys)
        {
            json.WriteStartObject();
            json.WriteString("Name", name);
            // CloudWatch has no unit for money.
            json.WriteString("Unit", name == CostUsd ? "None" : "Count");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
