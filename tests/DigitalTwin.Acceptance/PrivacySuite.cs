using System.Net;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>What a visitor said is that visitor's: nobody else sees it, and it can be taken along and erased.</summary>
public abstract class PrivacySuite(Target twin)
{
    [Fact]
    public async Task Visitors_at_once_see_their_own_conversations_only()
    {
        var visitors = Enumerable.Range(0, 8).Select(n => (Client: twin.NewVisitor(), Question: $"Who are you, asks visitor {n}?")).ToList();

        await Task.WhenAll(visitors.Select(visitor => visitor.Client.AskAsync(visitor.Question)));

        foreach (var (client, question) in visitors)
        {
            var session = Assert.Single((await client.GetJsonAsync("/api/memory/export"))["sessions"]!.AsArray());
            Assert.Equal(question, Assert.Single(session!["turns"]!.AsArray())!.AsObject().Text("question"));
            client.Dispose();
        }
    }

    /// <summary>Of the whole run so far: the other suites have sent keys, questions and documents too.</summary>
    [Fact]
    public async Task What_was_said_and_what_is_secret_is_in_no_line_of_the_log()
    {
        using var visitor = twin.NewVisitor();
        Assert.SkipWhen(twin.Log is null, "The log of this twin is not seen here.");
        await using var lighthouse = await Lighthouse.AddAsync(twin);
        var answer = await visitor.AskAsync(Lighthouse.Question);
        using var stream = await visitor.StreamAsync("Call me at +46 70 123 45 67, or marker@example.org [bedrock:late-cut]", answer.Text("sessionId"));
        await stream.RestAsync();
        using var rated = await visitor.PostJsonAsync($"/api/chat/turns/{answer.Text("turnId")}/feedback", """{"rating":"down","comment":"comment-marker"}""");
        using var malformed = await visitor.PostJsonAsync("/api/chat", """{"message": "malformed-marker", """);

        string[] markers =
        [
            "Brandholm", "Tindeland", "123 45 67", "marker@example.org", "comment-marker", "malformed-marker", "Who are you", twin.OwnerKey!,
            TestCookie.SigningKey,
        ];
        Assert.NotEqual("", twin.Log);
        Assert.DoesNotContain(markers, marker => twin.Log!.Contains(marker, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Erased_is_erased_and_the_receipt_says_how_much()
    {
        using var visitor = twin.NewVisitor();
        var first = await visitor.AskAsync("Who are you?");
        await visitor.AskAsync("Tell me more.", first.Text("sessionId"));

        using var response = await visitor.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var erased = (await response.JsonAsync())["erased"]!;
        Assert.Equal((1, 2), (erased["sessions"]!.GetValue<int>(), erased["turns"]!.GetValue<int>()));
        Assert.Empty((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
        Assert.Empty((await visitor.GetJsonAsync("/api/memory/export"))["sessions"]!.AsArray());
        using var gone = await visitor.GetAsync(new Uri($"/api/memory/sessions/{first.Text("sessionId")}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }
}
