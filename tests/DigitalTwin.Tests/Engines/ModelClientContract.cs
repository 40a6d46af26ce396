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
        var reply = inTheMiddle ? host.NextBegins("Once ") : host.NextHangs();
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
        var reply = host.NextBegins("Once ");

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
        var reply = host.NextBegins("Once ");
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
