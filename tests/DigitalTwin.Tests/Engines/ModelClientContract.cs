using System.Diagnostics;
using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace DigitalTwin.Tests.Engines;

/// <summary>What holds for the client of every model, whatever its protocol.</summary>
public abstract class ModelClientContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Every_token_arrives_before_the_next_is_sent_and_quickly()
    {
        await using var host = await StartHostAsync();
        var reply = host.NextIsGated();
        await using var answer = host.Ask(Cancellation).GetAsyncEnumerator(Cancellation);
        List<double> latencies = [];

        for (var i = 0; i < 50; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            reply.Token($"token {i} ");
            Assert.True(await answer.MoveNextAsync());
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            Assert.Equal($"token {i} ", answer.Current.Text);
        }

        reply.Finish().Done();
        Assert.True(await answer.MoveNextAsync());
        Assert.Equal(ChatFinishReason.Stop, answer.Current.FinishReason);
        Assert.False(await answer.MoveNextAsync());
        var median = latencies.Order().ElementAt(25);
        TestContext.Current.TestOutputHelper?.WriteLine($"median {median:F2} ms, longest {latencies.Max():F2} ms");
        Assert.InRange(median, 0, 20);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_status_becomes_a_code_and_the_client_itself_never_retries(int status)
    {
        await using var host = await StartHostAsync();
        host.NextStatus(status);
        host.NextStatus(status);

        var whole = await Assert.ThrowsAsync<EngineFailedException>(() => host.Client.GetResponseAsync("Hi", cancellationToken: Cancellation));
        var stream = await Assert.ThrowsAsync<EngineFailedException>(
            () => host.Client.GetStreamingResponseAsync("Hi", cancellationToken: Cancellation).ToChatResponseAsync(Cancellation));

        Assert.Equal(($"http_{status}", $"http_{status}"), (whole.Code, stream.Code));
        Assert.Equal((status is 429 or >= 500, status == 400), (stream.IsTransient, stream.BlamesRequest));
        Assert.Equal(2, host.RequestCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_is_not_there_is_a_connection_failure()
    {
        await using var host = await StartHostAsync();
        await host.StopServerAsync();

        var failure = await Assert.ThrowsAsync<EngineFailedException>(() => host.Client.GetResponseAsync("Hi", cancellationToken: Cancellation));

        Assert.Equal(("not_connected", true), (failure.Code, failure.IsTransient));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancellation_closes_the_connection(bool inTheMiddle)
    {
        await using var host = await StartHostAsync();
        var reply = inTheMiddle ? host.NextIsGated().Token("Once ") : host.NextHangs();
        using var cancel = new CancellationTokenSource();
        await using var answer = host.Ask(cancel.Token).GetAsyncEnumerator(Cancellation);
        if (inTheMiddle)
        {
            Assert.True(await answer.MoveNextAsync());
        }

        var next = answer.MoveNextAsync().AsTask();
        await reply.Started;
        var watch = Stopwatch.StartNew();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 100);
        await reply.ClientLeft;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_leaves_early_closes_the_connection()
    {
        await using var host = await StartHostAsync();
        var reply = host.NextIsGated().Token("Once ");

        await foreach (var update in host.Ask(Cancellation))
        {
            break;
        }

        await reply.ClientLeft;
    }

    private protected abstract Task<IModelHost> StartHostAsync();

    /// <summary>Breaks an answer behind its first token.</summary>
    private protected async Task AssertBreaksAsync(Action<ScriptedReply> breaking, string code)
    {
        await using var host = await StartHostAsync();
        var reply = host.NextIsGated().Token("Once ");
        List<string> seen = [];

        var failure = await Assert.ThrowsAsync<EngineFailedException>(async () =>
        {
            await foreach (var update in host.Ask(Cancellation))
            {
                seen.Add(update.Text);
                breaking(reply);
            }
        });

        Assert.Equal(["Once "], seen);
        Assert.Equal((host.Engine, code), (failure.Engine, failure.Code));
        Assert.Equal(1, host.RequestCount);
    }
}
