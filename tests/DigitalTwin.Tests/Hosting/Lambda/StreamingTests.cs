using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>Answers through the function URL, sent as they are written.</summary>
public sealed class StreamingTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_chat_answer_arrives_word_by_word()
    {
        await using var model = await OpenAiServer.StartAsync();
        await using var twin = await PublishedTwin.StartAsync(("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl));
        var reply = model.Next(OpenAiReply.Gated().Token("In "));

        using var call = twin.Runtime.Invoke(RecordedEvent.Url("POST", "/api/chat/stream", """{"message": "When were you born?"}"""));
        Assert.Equal("application/vnd.awslambda.http-integration-response", await call.Streamed);
        var first = await ReadToAsync(call, "\"delta\":\"In \"");
        reply.Token("1815.");
        var second = await ReadToAsync(call, "\"delta\":\"1815.\"");
        reply.Finish().Done();
        await ReadToAsync(call, "[DONE]");

        var end = first.IndexOf("\0\0\0\0\0\0\0\0", StringComparison.Ordinal);
        var prelude = JsonNode.Parse(first[..end])!.AsObject();
        Assert.Equal(200, prelude["statusCode"]!.GetValue<int>());
        Assert.Equal("text/event-stream; charset=utf-8", prelude["headers"]!["Content-Type"]!.GetValue<string>());
        Assert.StartsWith("__Host-twin=", Assert.Single(prelude["cookies"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.StartsWith("id: 1.0\ndata: {\"type\":\"start\"", first[(end + 8)..], StringComparison.Ordinal);
        Assert.DoesNotContain("1815.", first, StringComparison.Ordinal);
        Assert.DoesNotContain("text-end", second, StringComparison.Ordinal);
        Assert.Null(await call.Ended);
    }

    [Fact]
    public async Task A_refusal_through_the_function_URL_is_a_streamed_answer_too()
    {
        await using var host = await LambdaHost.StartAsync();

        using var call = host.Runtime.Invoke(RecordedEvent.Url("POST", "/api/chat/stream", """{"message": ""}"""));
        var answer = await LambdaAnswer.OfStreamAsync(call);

        Assert.Equal((400, "validation"), (answer.Status, answer.Json.Text("code")));
        Assert.Null(await call.Ended);
    }

    [Fact]
    public async Task What_breaks_in_the_middle_ends_with_the_error_trailers_and_the_next_event_is_served()
    {
        await using var host = await LambdaHost.StartAsync(routes: app => app.MapGet("/test/broken", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("So far", CancellationToken.None);
            throw new InvalidDataException("secretmarker7731");
        }));

        using var call = host.Runtime.Invoke(RecordedEvent.Url("GET", "/test/broken"));
        var answer = await LambdaAnswer.OfStreamAsync(call);
        var error = await call.Ended;
        var next = await host.AnswerAsync(RecordedEvent.Http("GET", "/health/live"));

        Assert.Equal((200, "So far"), (answer.Status, answer.Text));
        Assert.Equal("Runtime.InvalidDataException", error!.Type);
        Assert.Equal("Runtime.InvalidDataException", JsonNode.Parse(error.Body)!.AsObject().Text("errorType"));
        Assert.DoesNotContain("secretmarker7731", error.Body, StringComparison.Ordinal);
        Assert.Equal(200, next.Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task When_the_reader_leaves_the_turn_is_finished_before_the_next_event_is_asked_for()
    {
        await using var model = await OpenAiServer.StartAsync();
        await using var twin = await PublishedTwin.StartAsync(("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl));
        var reply = model.Next(OpenAiReply.Gated().Token("In "));
        using var call = twin.Runtime.Invoke(RecordedEvent.Url("POST", "/api/chat/stream", """{"message": "When were you born?"}"""));
        var begun = await ReadToAsync(call, "\"delta\":\"In \"");

        call.Leave();
        await call.Ended;
        using var next = twin.Runtime.Invoke(RecordedEvent.Http("GET", "/api/memory/sessions", change: json => json["cookies"] = new JsonArray(CookieOf(begun))));
        var askedBefore = twin.Runtime.NextAsked;
        reply.Token("1815.").Finish().Done();
        var sessions = await LambdaAnswer.OfAsync(next);
        var id = sessions.Json["items"]![0]!.AsObject().Text("sessionId");
        var session = await twin.AnswerAsync(RecordedEvent.Http("GET", $"/api/memory/sessions/{id}", change: json => json["cookies"] = new JsonArray(CookieOf(begun))));

        var turn = session.Json["items"]![0]!.AsObject();
        Assert.Equal(1, askedBefore);
        Assert.Equal(("answered", "In 1815."), (turn.Text("status"), turn.Text("answer")));
    }

    internal static async Task<string> ReadToAsync(LambdaCall call, string text)
    {
        var read = "";
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            read += Encoding.UTF8.GetString((await call.Pieces.ReadAsync(TestContext.Current.CancellationToken)).Bytes);
        }

        return read;
    }

    internal static string CookieOf(string answer)
    {
        var prelude = JsonNode.Parse(answer[..answer.IndexOf('\0', StringComparison.Ordinal)])!;
        return prelude["cookies"]![0]!.GetValue<string>().Split(';')[0];
    }
}
