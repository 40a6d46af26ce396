using System.Diagnostics;
using System.Globalization;
using System.Net;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>
/// A model's answer on its whole way: Bedrock's frames, the published application, the Runtime API, the gateway, the client. The model says
/// its next word only when the client has the one before, so whoever keeps an event back on that way keeps it for ever.
/// </summary>
[Collection(TimingTests.Name)]
public sealed class EventByEventTests
{
    private const int Words = 40;

    /// <summary>Another process may take the machine for longer than the limit, in one answer and the next.</summary>
    private const int Answers = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(30);

    /// <summary>Nobody is so late but he who waits for the next event.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = 120_000)]
    public async Task Each_event_reaches_the_client_before_the_model_says_more_and_within_30_ms()
    {
        await using var model = await BedrockServer.StartAsync();
        await using var twin = await PublishedTwin.StartAsync(
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", model.Endpoint), ("AWS_REGION", AwsGate.Region), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
            ("Twin:Engines:Bedrock:ModelId", "eu.amazon.nova-lite-v1:0"), ("Twin:Engines:TokenTimeout", "00:01:00"));
        await using var gateway = await LambdaGateway.StartAsync(twin.Runtime);
        using var visitor = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = gateway.Address };

        var median = TimeSpan.MaxValue;
        for (var i = 0; i < Answers && median > Limit; i++)
        {
            var times = await HearAsync(visitor, model);
            median = times[times.Length / 2];
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"From the model's word to the client: median {median.TotalMilliseconds:F2} ms, longest {times[^1].TotalMilliseconds:F2} ms, {times.Count(time => time <= Limit)} of {times.Length} within {Limit.TotalMilliseconds} ms"));
        }

        Assert.InRange(median, TimeSpan.Zero, Limit);
    }

    /// <summary>From each word's leaving to its arrival, the shortest first. The first word, which opens the stream, is not counted.</summary>
    private static async Task<TimeSpan[]> HearAsync(HttpClient visitor, BedrockServer model)
    {
        var reply = model.Next(BedrockReply.Gated().Role().Token("Well, "));
        using var stream = await visitor.StreamAsync("When were you born?");
        await ArriveAsync(stream, "Well, ");
        var times = new TimeSpan[Words];
        for (var i = 0; i < Words; i++)
        {
            var word = string.Create(CultureInfo.InvariantCulture, $"word-{i} ");
            var said = Stopwatch.GetTimestamp();
            reply.Token(word);
            await ArriveAsync(stream, word);
            times[i] = Stopwatch.GetElapsedTime(said);
        }

        reply.Finish().Usage(10, Words + 1).Done();
        await stream.RestAsync();
        Array.Sort(times);
        return times;
    }

    private static async Task ArriveAsync(TurnReader stream, string word)
    {
        try
        {
            Assert.Equal(word, (await stream.NextAsync("text-delta").WaitAsync(Patience, TestContext.Current.CancellationToken)).Delta);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"'{word}' did not arrive while the model waits: somebody on the way keeps it until there is more.");
        }
    }
}
