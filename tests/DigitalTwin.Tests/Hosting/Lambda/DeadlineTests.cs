using DigitalTwin.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>What is not done in time ends in good order before Lambda ends the process.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2.5);

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_hangs_gets_504_in_time()
    {
        await using var host = await LambdaHost.StartAsync(routes: app =>
            app.MapGet("/test/hang", (HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted)));

        using var call = host.Runtime.Invoke(RecordedEvent.Http("GET", "/test/hang"), Soon);
        var answer = await LambdaAnswer.OfAsync(call).WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.Equal((504, "upstream_unavailable"), (answer.Status, answer.Json.Text("code")));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_that_hangs_ends_with_an_error_in_time()
    {
        await using var host = await LambdaHost.StartAsync(routes: app => app.MapGet("/test/hang", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("So far", CancellationToken.None);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }));

        using var call = host.Runtime.Invoke(RecordedEvent.Url("GET", "/test/hang"), Soon);
        var error = await call.Ended.WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.Equal("Runtime.TimeoutException", error!.Type);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_turn_that_the_model_does_not_end_is_broken_off_and_kept()
    {
        await using var model = await OpenAiServer.StartAsync();
        await using var host = await LambdaHost.StartAsync(settings: [("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl)]);
        model.Next(OpenAiReply.Gated().Token("In "));

        using var call = host.Runtime.Invoke(RecordedEvent.Url("POST", "/api/chat/stream", """{"message": "When were you born?"}"""), TimeSpan.FromSeconds(4));
        var answer = await LambdaAnswer.OfStreamAsync(call);
        var session = await host.AnswerAsync(RecordedEvent.Http("GET", "/api/memory/export", change: json => json["cookies"] = new System.Text.Json.Nodes.JsonArray(answer.Cookie)));

        Assert.Contains("\"delta\":\"In \"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("The answer broke off. What was said is kept", answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", answer.Text, StringComparison.Ordinal);
        Assert.Null(await call.Ended);
        Assert.Contains("\"status\": \"failed\"", session.Text, StringComparison.Ordinal);
        Assert.Contains("\"answer\": \"In \"", session.Text, StringComparison.Ordinal);
    }
}
