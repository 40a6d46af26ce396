using System.Text.Json.Nodes;
using DigitalTwin.Tests.Infrastructure;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>The lines on the console that CloudWatch makes metrics of, and whether alarms and dashboard ask for these.</summary>
public sealed class ModelMetricsTests
{
    private const string Namespace = "DigitalTwin";

    /// <summary>What AWS's services say of themselves, as their guides have it, by namespace and the dimension that the template uses.</summary>
    private static readonly Dictionary<(string Namespace, string Dimension), string[]> OfServices = new()
    {
        [("AWS/Lambda", "FunctionName")] = ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
        [("AWS/ApiGateway", "ApiId")] = ["Count", "4xx", "5xx", "Latency", "IntegrationLatency", "DataProcessed"],
        [("AWS/SQS", "QueueName")] = ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible", "ApproximateAgeOfOldestMessage", "NumberOfMessagesSent"],
        [("AWS/DynamoDB", "TableName")] = ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"],
    };

    [Fact(Timeout = 60_000)]
    public async Task What_a_model_took_is_what_alarms_and_dashboard_ask_for()
    {
        await using var model = await BedrockServer.StartAsync();
        await using var twin = await StartAsync(model, ("Twin:Engines:Bedrock:InputUsdPerMillion", "3"), ("Twin:Engines:Bedrock:OutputUsdPerMillion", "15"));
        model.Next(BedrockReply.Gated().Role().Token("In 1815.").Finish().Usage(2000, 400).Done());

        await twin.AnswerAsync(RecordedEvent.Chat());
        await twin.AnswerAsync(RecordedEvent.Http("GET", "/health/live"));

        var line = Assert.Single(Lines(twin));
        var directive = Assert.Single(line["_aws"]!["CloudWatchMetrics"]!.AsArray())!;
        var metrics = directive["Metrics"]!.AsArray().ToDictionary(metric => metric!["Name"]!.ToString(), metric => (Unit: metric!["Unit"]!.ToString(), Value: line[metric["Name"]!.ToString()]!.GetValue<double>()));
        Assert.Equal(("Count", 2000), metrics["ModelInputTokens"]);
        Assert.Equal(("Count", 400), metrics["ModelOutputTokens"]);
        Assert.Equal(("None", 0.012), (metrics["ModelCostUsd"].Unit, Math.Round(metrics["ModelCostUsd"].Value, 9)));
        Assert.InRange(line["_aws"]!["Timestamp"]!.GetValue<long>(), DateTimeOffset.UnixEpoch.AddYears(50).ToUnixTimeMilliseconds(), long.MaxValue);
        Assert.Equal("dev", line.Text("Environment"));
        var made = metrics.Keys.Select(name => (directive["Namespace"]!.ToString(), name, Assert.Single(Assert.Single(directive["Dimensions"]!.AsArray())!.AsArray())!.ToString()));
        Assert.Equal(made.Order(), Asked().Where(metric => metric.Namespace == Namespace).Distinct().Order());
    }

    [Fact]
    public void The_environment_that_functions_say_is_the_one_that_alarms_and_dashboard_ask_for()
    {
        Assert.Equal("Environment", CloudTemplate.Target(CloudTemplate.Twin.Root["Globals"]!["Function"]!["Environment"]!["Variables"]!["Twin__Lambda__Environment"]));
        Assert.All(
            Alarms().Where(metric => metric["Namespace"]!.ToString() == Namespace), metric => Assert.Equal("Environment", CloudTemplate.Target(metric["Dimensions"]![0]!["Value"])));
        Assert.All(Widgets().Where(metric => metric[0]!.ToString() == Namespace), metric => Assert.Equal("${Environment}", metric[3]!.ToString()));
    }

    [Fact]
    public void Every_other_metric_is_one_that_its_service_has()
    {
        var others = Asked().Where(metric => metric.Namespace != Namespace).ToArray();

        Assert.NotEmpty(others);
        Assert.All(others, metric => Assert.Contains(metric.Name, OfServices[(metric.Namespace, metric.Dimension)]));
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_no_model_is_asked_no_line_is_written()
    {
        await using var twin = await PublishedTwin.StartAsync();

        await twin.AnswerAsync(RecordedEvent.Chat());
        await twin.AnswerAsync(RecordedEvent.Http("GET", "/health/live"));

        Assert.Empty(Lines(twin));
    }

    private static Task<PublishedTwin> StartAsync(BedrockServer model, params (string, string)[] settings) => PublishedTwin.StartAsync(
    [
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", model.Endpoint), ("AWS_REGION", AwsGate.Region), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
        ("Twin:Engines:Bedrock:ModelId", "eu.amazon.nova-lite-v1:0"), ("Twin:Lambda:Environment", "dev"), .. settings,
    ]);

    /// <summary>A line is written before the next event is asked for, so that it is there when that is answered.</summary>
    private static IEnumerable<JsonObject> Lines(PublishedTwin twin) =>
        twin.Process.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!.AsObject()).Where(line => line.ContainsKey("_aws"));

    private static IEnumerable<(string Namespace, string Name, string Dimension)> Asked() => Alarms()
        .Select(metric => (metric["Namespace"]!.ToString(), metric["MetricName"]!.ToString(), Assert.Single(metric["Dimensions"]!.AsArray())!["Name"]!.ToString()))
        .Concat(Widgets().Select(metric => (metric[0]!.ToString(), metric[1]!.ToString(), metric[2]!.ToString())));

    /// <summary>Each metric that an alarm names, alone or inside an expression.</summary>
    private static IEnumerable<JsonNode> Alarms() => CloudTemplate.Twin.OfType("AWS::CloudWatch::Alarm").Values.SelectMany(alarm => alarm["Metrics"] is JsonArray metrics
        ? metrics.Select(metric => metric!["MetricStat"]?["Metric"]).OfType<JsonNode>()
        : [alarm]);

    /// <summary>Each row of the dashboard: namespace, name, dimension, its value.</summary>
    private static IEnumerable<JsonArray> Widgets()
    {
        var body = CloudTemplate.Twin.OfType("AWS::CloudWatch::Dashboard").Values.Single()["DashboardBody"]!["Fn::Sub"]![0]!.ToString();
        return JsonNode.Parse(body)!["widgets"]!.AsArray().SelectMany(widget => widget!["properties"]!["metrics"]!.AsArray()).Select(metric => metric!.AsArray());
    }
}
