using System.Globalization;
using System.Net;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>Nobody reads another's memory, however many come at once.</summary>
public sealed class VisitorIsolationTests
{
    private const int Visitors = 50;

    [Fact(Timeout = 60_000)]
    public async Task Fifty_visitors_at_once_see_only_what_is_theirs()
    {
        await using var twin = TwinFixture.Start();
        var visitors = Enumerable.Range(0, Visitors).Select(n => new MarkedVisitor(twin.NewVisitor(), n)).ToArray();

        await Task.WhenAll(visitors.Select(visitor => visitor.TalkAsync()));
        var seen = await Task.WhenAll(visitors.Select(visitor => visitor.SeeAsync()));

        for (var n = 0; n < Visitors; n++)
        {
            Assert.All(seen[n], text => Assert.Contains(visitors[n].Marker, text, StringComparison.Ordinal));
            Assert.All(
                visitors.Where((_, other) => other != n),
                other => Assert.DoesNotContain(seen[n], text => text.Contains(other.Marker, StringComparison.Ordinal) || text.Contains(other.SessionId, StringComparison.Ordinal)));
        }

        Array.ForEach(visitors, visitor => visitor.Client.Dispose());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_anothers_answers_like_what_does_not_exist()
    {
        await using var twin = TwinFixture.Start();
        using var owner = twin.NewVisitor();
        using var stranger = twin.NewVisitor();
        using var nobody = twin.Anonymous();
        var answer = await owner.AskAsync("When were you born?");
        await stranger.AskAsync("When were you born?");

        foreach (var client in new[] { stranger, nobody })
        {
            var foreign = await AnswersAsync(client, answer.Text("sessionId"));
            var missing = await AnswersAsync(client, "s-AAAAAAAAAAAAAAAAAAAAAA");
            Assert.Equal(missing, foreign);
            Assert.All(foreign, reply => Assert.StartsWith("404 ", reply, StringComparison.Ordinal));
        }

        var session = await owner.GetJsonAsync($"/api/memory/sessions/{answer.Text("sessionId")}");
        var turn = Assert.Single(session["items"]!.AsArray())!.AsObject();
        Assert.Equal(answer.Text("answer"), turn.Text("answer"));
        Assert.Null(turn["feedback"]);
    }

    /// <summary>Status and body of every route that names a session or a turn.</summary>
    private static async Task<IReadOnlyList<string>> AnswersAsync(HttpClient client, string sessionId)
    {
        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Get, $"/api/memory/sessions/{sessionId}", null),
            (HttpMethod.Delete, $"/api/memory/sessions/{sessionId}", null),
            (HttpMethod.Get, $"/api/chat/turns/{sessionId}.1/stream", null),
            (HttpMethod.Post, $"/api/chat/turns/{sessionId}.1/stop", null),
            (HttpMethod.Post, $"/api/chat/turns/{sessionId}.1/feedback", """{"rating": "down"}"""),
            (HttpMethod.Post, "/api/chat", ChatClientExtensions.Body("Hello", sessionId)),
            (HttpMethod.Post, "/api/chat/stream", ChatClientExtensions.Body("Hello", sessionId)),
        ];
        var answers = new List<string>();
        foreach (var (method, path, body) in requests)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            answers.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.Content.Headers.ContentType} {text}"));
        }

        return answers;
    }

    private sealed class MarkedVisitor(HttpClient client, int n)
    {
        public HttpClient Client { get; } = client;

        public string Marker { get; } = string.Create(CultureInfo.InvariantCulture, $"marker-{n:D2}-of-mine");

        public string SessionId { get; private set; } = "";

        public async Task TalkAsync()
        {
            SessionId = (await Client.AskAsync($"When were you born? {Marker} one")).Text("sessionId");
            await Client.AskAsync($"Who was your father? {Marker} two", SessionId);
            using var reader = await Client.StreamAsync($"Who was Babbage? {Marker} three", SessionId);
            Assert.Equal(HttpStatusCode.OK, reader.Response.StatusCode);
            await reader.RestAsync();
        }

        /// <summary>Everything that the visitor can read of themselves.</summary>
        public async Task<IReadOnlyList<string>> SeeAsync()
        {
            var session = await Client.GetJsonAsync($"/api/memory/sessions/{SessionId}");
            Assert.Equal(3, session["items"]!.AsArray().Count);
            return
            [
                (await Client.GetJsonAsync("/api/memory/sessions")).ToJsonString(),
                session.ToJsonString(),
                (await Client.GetJsonAsync("/api/memory/export")).ToJsonString(),
            ];
        }
    }
}
