using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>Nobody reads another's memory: to everybody else an id of somebody's looks exactly like one that never was.</summary>
public sealed class OwnershipTests(SharedTwin shared) : IClassFixture<SharedTwin>
{
    private const string MissingSession = "s-AAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>Every route, and who may use it. A new route needs an entry here, and thereby a decision.</summary>
    private static readonly Dictionary<string, Access> Routes = new(StringComparer.Ordinal)
    {
        ["DELETE /api/memory"] = Access.OwnVisitor,
        ["DELETE /api/memory/sessions/{id}"] = Access.ById,
        ["DELETE /api/owner/knowledge/documents/{id}"] = Access.Owner,
        ["GET /"] = Access.Everybody,
        ["GET /api/chat/turns/{turnId}/stream"] = Access.ById,
        ["GET /api/memory/export"] = Access.OwnVisitor,
        ["GET /api/memory/sessions"] = Access.OwnVisitor,
        ["GET /api/memory/sessions/{id}"] = Access.ById,
        ["GET /api/owner/knowledge/documents"] = Access.Owner,
        ["GET /api/owner/knowledge/documents/{id}"] = Access.Owner,
        ["GET /api/owner/persona"] = Access.Owner,
        ["GET /api/owner/persona/versions"] = Access.Owner,
        ["GET /api/owner/persona/versions/{version:int}"] = Access.Owner,
        ["GET /api/persona"] = Access.Everybody,
        ["GET /api/persona/theme.css"] = Access.Everybody,
        ["GET /health/live"] = Access.Everybody,
        ["GET /health/ready"] = Access.Everybody,
        ["GET /index.html"] = Access.Everybody,
        ["GET /s/{sessionId}"] = Access.Everybody,
        ["HEAD /"] = Access.Everybody,
        ["HEAD /index.html"] = Access.Everybody,
        ["HEAD /s/{sessionId}"] = Access.Everybody,
        ["POST /api/chat"] = Access.ById,
        ["POST /api/chat/stream"] = Access.ById,
        ["POST /api/chat/turns/{turnId}/feedback"] = Access.ById,
        ["POST /api/chat/turns/{turnId}/stop"] = Access.ById,
        ["POST /api/owner/knowledge/documents"] = Access.Owner,
        ["POST /api/owner/knowledge/search"] = Access.Owner,
        ["POST /api/owner/persona/versions/{version:int}/restore"] = Access.Owner,
        ["PUT /api/owner/persona"] = Access.Owner,
    };

    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["POST /api/chat"] = """{"message": "And then?", "sessionId": "SESSION"}""",
        ["POST /api/chat/stream"] = """{"message": "And then?", "sessionId": "SESSION", "clientMessageId": "m-foreign"}""",
        ["POST /api/chat/turns/{turnId}/feedback"] = """{"rating": "down", "comment": "not mine"}""",
    };

    private readonly TwinFixture twin = shared.Twin;

    private enum Access
    {
        /// <summary>No ids, no cookie: the same for all.</summary>
        Everybody,

        /// <summary>Works on whatever the cookie's visitor has.</summary>
        OwnVisitor,

        /// <summary>Names a session or a turn.</summary>
        ById,

        Owner,
    }

    public static TheoryData<string> RoutesById => [.. Of(Access.ById)];

    public static MatrixTheoryData<string, bool> RoutesByIdAndForm => new(Of(Access.ById), [false, true]);

    public static TheoryData<string> OwnerRoutes => [.. Of(Access.Owner)];

    [Fact]
    public void Every_route_has_an_entry() =>
        Assert.Equal(Routes.Keys.Order(StringComparer.Ordinal), TwinRoute.All(twin).Select(route => route.ToString()));

    [Theory]
    [MemberData(nameof(RoutesByIdAndForm))]
    public async Task An_id_of_somebody_else_answers_like_a_missing_one(string route, bool embedded)
    {
        var own = TestCookie.Of(TwinId.New("v-"));
        using var ann = Client(own, embedded);
        var asked = await ann.AskAsync("When were you born?");
        var session = asked.Text("sessionId");
        var missing = Describe(await SendAsync(ann, route, MissingSession));

        foreach (var (who, cookie) in Strangers(ann))
        {
            using var stranger = Client(cookie, embedded);
            var foreign = Describe(await SendAsync(stranger, route, session));

            Assert.True(missing == foreign, $"{who}: {route}\nmissing: {missing}\nforeign: {foreign}");
            Assert.Equal(Describe(await SendAsync(stranger, route, MissingSession)), foreign);
        }

        using (var elsewhere = Client(own, !embedded))
        {
            elsewhere.DefaultRequestHeaders.Remove("Cookie");
            elsewhere.DefaultRequestHeaders.Add("Cookie", ann.DefaultRequestHeaders.GetValues("Cookie"));
            Assert.Equal(missing, Describe(await SendAsync(elsewhere, route, session)));
        }

        Assert.StartsWith("404", missing, StringComparison.Ordinal);
        var kept = await ann.GetJsonAsync($"/api/memory/sessions/{session}");
        var turn = Assert.Single(kept["items"]!.AsArray())!.AsObject();
        Assert.Equal(asked.Text("answer"), turn.Text("answer"));
        Assert.Null(turn["feedback"]);
    }

    [Theory]
    [MemberData(nameof(RoutesById))]
    public async Task The_owner_key_opens_no_visitors_memory(string route)
    {
        using var ann = twin.WithCookie(TestCookie.Of(TwinId.New("v-")));
        var session = (await ann.AskAsync("When were you born?")).Text("sessionId");
        using var owner = twin.Owner();

        using var response = await SendAsync(owner, route, session);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/memory/sessions")]
    [InlineData("/api/memory/export")]
    public async Task A_cookie_that_does_not_hold_sees_an_empty_memory(string path)
    {
        using var ann = twin.WithCookie(TestCookie.Of(TwinId.New("v-")));
        var session = (await ann.AskAsync("When were you born?")).Text("sessionId");

        foreach (var (who, cookie) in Strangers(ann))
        {
            using var stranger = cookie is null ? twin.Anonymous() : twin.WithCookie(cookie);
            using var response = await stranger.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

            Assert.True(response.StatusCode == HttpStatusCode.OK, who);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(session, text, StringComparison.Ordinal);
            Assert.DoesNotContain("born", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cookie_that_does_not_hold_erases_nothing()
    {
        using var ann = twin.WithCookie(TestCookie.Of(TwinId.New("v-")));
        await ann.AskAsync("When were you born?");

        foreach (var (who, cookie) in Strangers(ann))
        {
            using var stranger = cookie is null ? twin.Anonymous() : twin.WithCookie(cookie);
            using var response = await stranger.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);

            Assert.True(response.StatusCode == HttpStatusCode.OK, who);
            Assert.Equal(0, (await response.JsonAsync())["erased"]!["sessions"]!.GetValue<int>());
        }

        Assert.Single((await ann.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_cursor_of_somebody_elses_list_shows_nothing_of_theirs()
    {
        using var ann = twin.WithCookie(TestCookie.Of(TwinId.New("v-")));
        await ann.AskAsync("When were you born?");
        await ann.AskAsync("Who was your father?");
        var cursor = (await ann.GetJsonAsync("/api/memory/sessions?limit=1")).Text("nextCursor");
        using var ben = twin.KnownVisitor();
        await ben.AskAsync("What is Note G?");
        var own = (await ben.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray().Select(item => item!.AsObject().Text("sessionId"));

        var page = await ben.GetJsonAsync($"/api/memory/sessions?cursor={cursor}");

        Assert.Empty(page["items"]!.AsArray().Select(item => item!.AsObject().Text("sessionId")).Except(own));
    }

    [Fact]
    public async Task One_visitors_client_message_id_is_not_anothers()
    {
        using var ann = twin.KnownVisitor();
        using var ben = twin.KnownVisitor();
        var first = await ann.AskAsync("When were you born?", clientMessageId: "m-1");

        var second = await ben.AskAsync("Who was your father?", clientMessageId: "m-1");

        Assert.NotEqual(first.Text("sessionId"), second.Text("sessionId"));
    }

    [Theory]
    [MemberData(nameof(OwnerRoutes))]
    public async Task An_owner_route_wants_the_key_before_it_reads_anything(string route)
    {
        using var visitor = twin.KnownVisitor();
        var cookie = visitor.DefaultRequestHeaders.GetValues("Cookie").Single();
        var attempts = new (string Who, string Header, string? Value)[]
        {
            ("no key", "X-Nothing", "1"),
            ("a wrong key", "Authorization", "Bearer the-owner-key-of-the-tests-0123456780"),
            ("the key and more", "Authorization", $"Bearer {TwinFixture.OwnerKey}x"),
            ("half the key", "Authorization", $"Bearer {TwinFixture.OwnerKey[..20]}"),
            ("the key in capitals", "Authorization", $"Bearer {TwinFixture.OwnerKey.ToUpperInvariant()}"),
            ("no scheme", "Authorization", TwinFixture.OwnerKey),
            ("another scheme", "Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("owner:" + TwinFixture.OwnerKey))}"),
            ("a scheme alone", "Authorization", "Bearer"),
            ("an empty key", "Authorization", "Bearer   "),
            ("two keys", "Authorization", $"Bearer {TwinFixture.OwnerKey}, Bearer {TwinFixture.OwnerKey}"),
            ("a long key", "Authorization", "Bearer " + new string('a', 20_000)),
            ("a visitor's cookie", "Cookie", cookie),
            ("the key as a cookie", "Cookie", $"twin={TwinFixture.OwnerKey}; owner={TwinFixture.OwnerKey}"),
            ("claims of another's making", "X-Amzn-Oidc-Data", TwinFixture.OwnerKey),
        };
        using var client = twin.Anonymous();
        foreach (var (who, header, value) in attempts)
        {
            using var request = Request(route, MissingSession, "this { is no JSON");
            request.Headers.TryAddWithoutValidation(header, value);

            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{who}: {(int)response.StatusCode}");
            Assert.Equal(new AuthenticationHeaderValue("Bearer"), Assert.Single(response.Headers.WwwAuthenticate));
            await response.AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    private static IEnumerable<string> Of(Access access) => Routes.Where(route => route.Value == access).Select(route => route.Key);

    /// <summary>Everybody who is not the visitor of <paramref name="ann"/>, some of them trying to be.</summary>
    private static IEnumerable<(string Who, string? Cookie)> Strangers(HttpClient ann)
    {
        var cookie = ann.DefaultRequestHeaders.GetValues("Cookie").Single().Split('=', 2)[1];
        var parts = cookie.Split('.');
        var visitor = parts[0];
        return
        [
            ("no cookie", null),
            ("another visitor", TestCookie.Of(TwinId.New("v-"))),
            ("not seen for a day", TestCookie.Of(visitor, TimeSpan.FromHours(25), TimeSpan.FromHours(25))),
            ("issued over 30 days ago", TestCookie.Of(visitor, TimeSpan.FromDays(31), TimeSpan.Zero)),
            ("signed with another key", TestCookie.Of(visitor, signingKey: new string('k', 40))),
            ("another's id under one's own signature", $"{visitor}.{TestCookie.Of("v-other").Split('.', 2)[1]}"),
            ("a changed signature", cookie[..^1] + (cookie[^1] == 'A' ? 'E' : 'A')),
            ("a signature that is no base64", $"{parts[0]}.{parts[1]}.{parts[2]}.!!!!"),
            ("a padded signature", cookie + "="),
            ("a signature with a gap", cookie.Insert(cookie.Length - 10, "%20")),
            ("a short signature", cookie[..^8]),
            ("no signature", $"{parts[0]}.{parts[1]}.{parts[2]}."),
            ("an id alone", visitor),
            ("later times", $"{parts[0]}.{parts[1]}9.{parts[2]}9.{parts[3]}"),
            ("negative times", $"{parts[0]}.-{parts[1]}.-{parts[2]}.{parts[3]}"),
            ("dots", "...."),
            ("nothing", ""),
            ("quotes", $"\"{cookie}\"x"),
            ("too long", cookie + new string('A', 4000)),
            ("letters from elsewhere", "v-%F0%9F%98%80." + cookie),
        ];
    }

    private HttpClient Client(string? cookie, bool embedded) =>
        cookie is null ? twin.Anonymous() : embedded ? twin.WithEmbeddedCookie(cookie) : twin.WithCookie(cookie);

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string route, string session) =>
        client.SendAsync(
            Request(route, session, Bodies.GetValueOrDefault(route)?.Replace("SESSION", session, StringComparison.Ordinal)),
            TestContext.Current.CancellationToken);

    private static HttpRequestMessage Request(string route, string session, string? body)
    {
        var (method, pattern) = (route.Split(' ')[0], route.Split(' ')[1]);
        var path = pattern.Replace("{id}", session, StringComparison.Ordinal).Replace("{turnId}", session + ".1", StringComparison.Ordinal)
            .Replace("{version:int}", "1", StringComparison.Ordinal);
        return new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
        {
            Content = body is null || method is "GET" or "DELETE" ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
    }

    /// <summary>Everything of a response that could tell a foreign id from a missing one, but for the time and a new visitor's cookie.</summary>
    private static string Describe(HttpResponseMessage response)
    {
        using (response)
        {
            var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Date" or "Set-Cookie"))
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal);
            var body = Convert.ToHexString(response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult());
            return $"{(int)response.StatusCode} {string.Join('|', headers)} {body}";
        }
    }
}
