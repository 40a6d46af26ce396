using System.Net;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>A browser, the gateway, the published application: what works on Kestrel works here.</summary>
public sealed class GatewayTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_visitor_chats_streams_and_finds_it_all_again()
    {
        await using var twin = await PublishedTwin.StartAsync();
        await using var gateway = await LambdaGateway.StartAsync(twin.Runtime);
        using var visitor = Client(gateway, new CookieContainer());

        var whole = await visitor.AskAsync("When were you born?");
        using var stream = await visitor.StreamAsync("Where?", whole.Text("sessionId"));
        var events = await stream.RestAsync();
        var turnId = events[0].Json.Text("messageId");
        using var replayed = await visitor.ResumeAsync(turnId);
        var again = await replayed.RestAsync();
        var sessions = await visitor.GetJsonAsync("/api/memory/sessions");
        using var somebody = Client(gateway, new CookieContainer());
        using var foreign = await somebody.GetAsync(new Uri($"/api/chat/turns/{turnId}/stream", UriKind.Relative), TestContext.Current.CancellationToken);
        using var page = await visitor.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(ServerEvent.Done, events[^1].Type);
        Assert.Equal(events.Text(), again.Text());
        Assert.Equal(2, Assert.Single(sessions["items"]!.AsArray())!["turnCount"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Contains("Ada", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_browser_that_leaves_the_stream_finds_the_answer_later()
    {
        await using var model = await OpenAiServer.StartAsync();
        await using var twin = await PublishedTwin.StartAsync(("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl));
        await using var gateway = await LambdaGateway.StartAsync(twin.Runtime);
        using var visitor = Client(gateway, new CookieContainer());
        var reply = model.Next(OpenAiReply.Gated().Token("In "));
        var stream = await visitor.StreamAsync("When were you born?");
        var turnId = (await stream.NextAsync("start")).Json.Text("messageId");
        await stream.NextAsync("text-delta");

        await stream.CutAsync();
        var resuming = visitor.ResumeAsync(turnId, "4.3");
        reply.Token("1815.").Finish().Done();
        using var resumed = await resuming;

        Assert.Equal("1815.", (await resumed.RestAsync()).Text());
    }

    private static HttpClient Client(LambdaGateway gateway, CookieContainer cookies) =>
        new(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = gateway.Address, Timeout = TimeSpan.FromSeconds(60) };
}
