using System.Net;
using System.Text;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>Bad input gets a clear error, and leaves nothing behind.</summary>
public sealed class ProblemTests(SharedTwin shared) : IClassFixture<SharedTwin>
{
    private const string Chat = "/api/chat";
    private const string Json = "application/json";
    private static readonly string[] ChatRoutes = [Chat, "/api/chat/stream"];

    /// <summary>Bodies that no chat route takes: what they are, the media type, the bytes, the status.</summary>
    private static readonly Dictionary<string, (string? MediaType, byte[] Body, int Status)> BadChats = new()
    {
        ["malformed JSON"] = (Json, Utf8("{\"message\": \"a\""), 400),
        ["text behind the JSON"] = (Json, Utf8("{\"message\": \"a\"} b"), 400),
        ["a comment"] = (Json, Utf8("{\"message\": /* hm */ \"a\"}"), 400),
        ["a trailing comma"] = (Json, Utf8("{\"message\": \"a\",}"), 400),
        ["single quotes"] = (Json, Utf8("{'message': 'a'}"), 400),
        ["no JSON at all"] = (Json, Utf8("Who are you?"), 400),
        ["an empty body"] = (Json, [], 400),
        ["white space"] = (Json, Utf8("  \n"), 400),
        ["null"] = (Json, Utf8("null"), 400),
        ["an array"] = (Json, Utf8("[]"), 400),
        ["a text"] = (Json, Utf8("\"message\""), 400),
        ["a number"] = (Json, Utf8("1"), 400),
        ["an empty object"] = (Json, Utf8("{}"), 400),
        ["no message"] = (Json, Utf8("{\"message\": null}"), 400),
        ["a number as message"] = (Json, Utf8("{\"message\": 1}"), 400),
        ["a list as message"] = (Json, Utf8("{\"message\": [\"a\"]}"), 400),
        ["a huge number as message"] = (Json, Utf8("{\"message\": 1e999999999}"), 400),
        ["an object as sessionId"] = (Json, Utf8("{\"message\": \"a\", \"sessionId\": {}}"), 400),
        ["an empty message"] = (Json, Utf8("{\"message\": \"\"}"), 400),
        ["a message of white space"] = (Json, Utf8("{\"message\": \" \\t\\r\\n\\u00a0\\u2003\"}"), 400),
        ["4,001 characters"] = (Json, Utf8($"{{\"message\": \"{new string('a', 4001)}\"}}"), 400),
        ["NUL"] = (Json, Utf8("{\"message\": \"a\\u0000b\"}"), 400),
        ["a raw NUL"] = (Json, Utf8("{\"message\": \"a\0b\"}"), 400),
        ["a raw newline"] = (Json, Utf8("{\"message\": \"a\nb\"}"), 400),
        ["a lone high surrogate"] = (Json, Utf8("{\"message\": \"a\\ud800b\"}"), 400),
        ["a lone low surrogate"] = (Json, Utf8("{\"message\": \"a\\udc00b\"}"), 400),
        ["surrogates the wrong way round"] = (Json, Utf8("{\"message\": \"\\udc00\\ud800\"}"), 400),
        ["a lone surrogate in a name"] = (Json, Utf8("{\"message\": \"a\", \"\\ud800\": 1}"), 400),
        ["a lone surrogate in an id"] = (Json, Utf8("{\"message\": \"a\", \"clientMessageId\": \"\\ud800\"}"), 400),
        ["a surrogate as bytes"] = (Json, [.. Utf8("{\"message\": \"a"), 0xed, 0xa0, 0x80, .. Utf8("b\"}")], 400),
        ["invalid UTF-8"] = (Json, [.. Utf8("{\"message\": \"a"), 0xff, 0xfe, .. Utf8("b\"}")], 400),
        ["overlong UTF-8"] = (Json, [.. Utf8("{\"message\": \"a"), 0xc0, 0xaf, .. Utf8("b\"}")], 400),
        ["UTF-8 that is cut off"] = (Json, [.. Utf8("{\"message\": \"a"), 0xe2, 0x82, .. Utf8("\"}")], 400),
        ["bytes at random"] = (Json, [0x00, 0x9f, 0x92, 0x96, 0x00], 400),
        ["a depth of 40"] = (Json, Utf8($"{{\"message\": \"a\", \"x\": {new string('[', 40)}{new string(']', 40)}}}"), 400),
        ["a depth of 10,000"] = (Json, Utf8(new string('[', 10_000)), 400),
        ["a clientMessageId of 101 characters"] = (Json, Utf8($"{{\"message\": \"a\", \"clientMessageId\": \"{new string('m', 101)}\"}}"), 400),
        ["an empty clientMessageId"] = (Json, Utf8("{\"message\": \"a\", \"clientMessageId\": \"\"}"), 400),
        ["a clientMessageId with a space"] = (Json, Utf8("{\"message\": \"a\", \"clientMessageId\": \"a b\"}"), 400),
        ["an unknown agent"] = (Json, Utf8("{\"message\": \"a\", \"agent\": \"other\"}"), 400),
        ["an unknown session"] = (Json, Utf8("{\"message\": \"a\", \"sessionId\": \"s-AAAAAAAAAAAAAAAAAAAAAA\"}"), 404),
        ["an empty session"] = (Json, Utf8("{\"message\": \"a\", \"sessionId\": \"\"}"), 404),
        ["a session out of this world"] = (Json, Utf8("{\"message\": \"a\", \"sessionId\": \"../\\u0001\\ud83d\\ude00\"}"), 404),
        ["65 KiB"] = (Json, Utf8($"{{\"message\": \"a\", \"x\": \"{new string('a', 65 * 1024)}\"}}"), 413),
        ["text/plain"] = ("text/plain", Utf8("{\"message\": \"a\"}"), 415),
        ["a form"] = ("application/x-www-form-urlencoded", Utf8("message=a"), 415),
        ["multipart"] = ("multipart/form-data; boundary=x", Utf8("--x\r\nContent-Disposition: form-data; name=message\r\n\r\na\r\n--x--\r\n"), 415),
        ["no media type"] = (null, Utf8("{\"message\": \"a\"}"), 415),
        ["a garbled media type"] = ("application;json", Utf8("{\"message\": \"a\"}"), 415),
        ["an unknown charset"] = ("application/json; charset=klingon", Utf8("{\"message\": \"a\"}"), 415),
        ["an empty charset"] = ("application/json; charset=", Utf8("{\"message\": \"a\"}"), 415),
        ["a forbidden charset"] = ("application/json; charset=utf-7", Utf8("{\"message\": \"a\"}"), 415),
        ["another charset than it says"] = ("application/json; charset=utf-16", Utf8("{\"message\": \"a\"}"), 400),
    };

    private static readonly Dictionary<string, (string Method, string Path, string? Body, int Status)> BadOwnerRequests = new()
    {
        ["an unknown member of a query"] = ("POST", "/api/owner/knowledge/search", """{"query": "a", "limit": 1}""", 400),
        ["an unknown member of a document"] = ("POST", "/api/owner/knowledge/documents", """{"title": "a", "text": "b", "author": "c"}""", 400),
        ["an unknown member of a persona"] = ("PUT", "/api/owner/persona", """{"me": "I am.", "mood": "good"}""", 400),
        ["an unknown member of a profile"] =
            ("PUT", "/api/owner/persona", """{"me": "I am.", "profile": {"name": "A", "headline": "B", "greeting": "C", "suggestions": [], "accent": "#000000", "age": 1}}""", 400),
        ["a persona without a profile"] = ("PUT", "/api/owner/persona", """{"me": "I am."}""", 400),
        ["a persona without a text"] = ("PUT", "/api/owner/persona", """{"me": " ", "profile": {"name": "A", "headline": "B", "greeting": "C", "suggestions": [], "accent": "#000000"}}""", 400),
        ["a persona with NUL"] =
            ("PUT", "/api/owner/persona", """{"me": "I \u0000 am.", "profile": {"name": "A", "headline": "B", "greeting": "C", "suggestions": [], "accent": "#000000"}}""", 400),
        ["a profile with NUL"] =
            ("PUT", "/api/owner/persona", """{"me": "I am.", "profile": {"name": "A", "headline": "B", "greeting": "C", "suggestions": ["D\u0000"], "accent": "#000000"}}""", 400),
        ["a query with NUL"] = ("POST", "/api/owner/knowledge/search", """{"query": "a\u0000b"}""", 400),
        ["a title with NUL"] = ("POST", "/api/owner/knowledge/documents", """{"title": "a\u0000b", "text": "c"}""", 400),
        ["a document with NUL"] = ("POST", "/api/owner/knowledge/documents", """{"title": "a", "text": "b\u0000c"}""", 400),
        ["a persona that is null"] = ("PUT", "/api/owner/persona", "null", 400),
        ["a top of 0"] = ("POST", "/api/owner/knowledge/search", """{"query": "a", "top": 0}""", 400),
        ["a top beyond numbers"] = ("POST", "/api/owner/knowledge/search", """{"query": "a", "top": 99999999999999999999}""", 400),
        ["half a top"] = ("POST", "/api/owner/knowledge/search", """{"query": "a", "top": 1.5}""", 400),
        ["a top as text"] = ("POST", "/api/owner/knowledge/search", """{"query": "a", "top": "1"}""", 400),
        ["no query"] = ("POST", "/api/owner/knowledge/search", "{}", 400),
        ["an unknown version"] = ("GET", "/api/owner/persona/versions/999", null, 404),
        ["a version below all"] = ("GET", "/api/owner/persona/versions/-1", null, 404),
        ["a version beyond numbers"] = ("GET", "/api/owner/persona/versions/99999999999", null, 404),
        ["the restoring of an unknown version"] = ("POST", "/api/owner/persona/versions/999/restore", null, 404),
        ["an unknown document"] = ("GET", "/api/owner/knowledge/documents/d-none", null, 404),
        ["the deletion of an unknown document"] = ("DELETE", "/api/owner/knowledge/documents/d-none", null, 404),
        ["a document that points elsewhere"] = ("GET", "/api/owner/knowledge/documents/..%2f..%2fowner.key", null, 404),
        ["a document with a dot"] = ("DELETE", "/api/owner/knowledge/documents/owner.key", null, 404),
        ["a limit of 0 on documents"] = ("GET", "/api/owner/knowledge/documents?limit=0", null, 400),
        ["a cursor of one's own making"] = ("GET", "/api/owner/persona/versions?cursor=AAAA", null, 400),
        ["no such route"] = ("GET", "/api/owner/nothing", null, 404),
    };

    private static readonly Dictionary<string, (string Method, string Path, int Status)> BadVisitorRequests = new()
    {
        ["a limit of 0"] = ("GET", "/api/memory/sessions?limit=0", 400),
        ["a limit of 101"] = ("GET", "/api/memory/sessions?limit=101", 400),
        ["a negative limit"] = ("GET", "/api/memory/sessions?limit=-1", 400),
        ["a limit in words"] = ("GET", "/api/memory/sessions?limit=ten", 400),
        ["two limits"] = ("GET", "/api/memory/sessions?limit=1&limit=2", 400),
        ["a limit beyond numbers"] = ("GET", "/api/memory/sessions?limit=99999999999", 400),
        ["an empty cursor"] = ("GET", "/api/memory/sessions?cursor=", 400),
        ["a cursor of one's own making"] = ("GET", "/api/memory/sessions?cursor=nope", 400),
        ["a cursor that is no base64"] = ("GET", "/api/memory/sessions?cursor=%F0%9F%98%80", 400),
        ["a cursor of 10,000 characters"] = ("GET", "/api/memory/sessions?cursor=" + new string('A', 5000), 400),
        ["a limit of 0 on turns"] = ("GET", "/api/memory/sessions/s-none?limit=0", 400),
        ["an unknown session"] = ("GET", "/api/memory/sessions/s-none", 404),
        ["the deletion of an unknown session"] = ("DELETE", "/api/memory/sessions/s-none", 404),
        ["a session in the parent folder"] = ("GET", "/api/memory/sessions/..%2F..%2Fowner.key", 404),
        ["a session of 5,000 letters"] = ("GET", "/api/memory/sessions/" + new string('a', 5000), 404),
        ["a session in another script"] = ("GET", "/api/memory/sessions/%F0%9F%98%80%0A", 404),
        ["an unknown turn"] = ("GET", "/api/chat/turns/s-none.1/stream", 404),
        ["a turn without a number"] = ("POST", "/api/chat/turns/s-none/stop", 404),
        ["a turn beyond numbers"] = ("POST", "/api/chat/turns/s-none.99999999999/stop", 404),
        ["no such route"] = ("GET", "/api/nothing", 404),
        ["no such page"] = ("GET", "/nothing/at/all.php", 404),
    };

    private readonly TwinFixture twin = shared.Twin;

    public static TheoryData<string> BadChatNames => [.. BadChats.Keys];

    public static TheoryData<string> BadOwnerNames => [.. BadOwnerRequests.Keys];

    public static TheoryData<string> BadVisitorNames => [.. BadVisitorRequests.Keys];

    public static TheoryData<string> AllRoutes => ["/", "/api/chat", "/api/chat/stream", "/api/memory/sessions/x", "/api/memory/export", "/api/persona", "/health/live"];

    [Theory]
    [MemberData(nameof(BadChatNames))]
    public async Task A_bad_chat_request_is_a_problem_and_leaves_nothing(string name)
    {
        var (mediaType, body, status) = BadChats[name];
        using var visitor = twin.KnownVisitor();
        foreach (var path in ChatRoutes)
        {
            using var content = Content(body, mediaType);
            using var response = await visitor.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);

            await response.AssertProblemAsync((HttpStatusCode)status, CodeOf(status));
        }

        Assert.Empty((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
    }

    [Theory]
    [MemberData(nameof(BadOwnerNames))]
    public async Task A_bad_owner_request_is_a_problem_and_changes_nothing(string name)
    {
        var (method, path, body, status) = BadOwnerRequests[name];
        using var owner = twin.Owner();
        var before = await StateAsync(owner);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : Content(Utf8(body), Json),
        };

        using var response = await owner.SendAsync(request, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync((HttpStatusCode)status, CodeOf(status));
        Assert.Equal(before, await StateAsync(owner));
    }

    [Theory]
    [MemberData(nameof(BadVisitorNames))]
    public async Task A_bad_visitor_request_is_a_problem(string name)
    {
        var (method, path, status) = BadVisitorRequests[name];
        using var visitor = twin.KnownVisitor();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));

        using var response = await visitor.SendAsync(request, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync((HttpStatusCode)status, CodeOf(status));
    }

    [Theory]
    [InlineData("""{"rating": "sideways"}""", 400)]
    [InlineData("""{"rating": null}""", 400)]
    [InlineData("""{}""", 400)]
    [InlineData("""null""", 400)]
    [InlineData("""{"rating": true}""", 400)]
    [InlineData("""{"rating": "up"}""", 404)]
    public async Task Bad_feedback_is_a_problem(string body, int status)
    {
        using var visitor = twin.KnownVisitor();

        using var response = await visitor.PostJsonAsync("/api/chat/turns/s-none.1/feedback", body);

        await response.AssertProblemAsync((HttpStatusCode)status, CodeOf(status));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0.0.0")]
    [InlineData("-1.0")]
    [InlineData("99.0")]
    [InlineData("5.99999999999")]
    [InlineData("five.zero")]
    public async Task A_bad_Last_Event_ID_is_a_problem(string id)
    {
        using var visitor = twin.KnownVisitor();
        var turn = (await visitor.AskAsync("When were you born?")).Text("turnId");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/chat/turns/{turn}/stream", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Last-Event-ID", id);

        using var response = await visitor.SendAsync(request, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Theory]
    [MemberData(nameof(AllRoutes))]
    public async Task A_wrong_method_is_405_and_names_the_right_ones(string path)
    {
        using var client = twin.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(path, UriKind.Relative));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.MethodNotAllowed, "validation");
        Assert.NotEmpty(response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_body_in_chunks_is_counted_as_it_comes()
    {
        var chunk = Utf8($"2000\r\n{new string('a', 0x2000)}\r\n");
        var body = Utf8("e\r\n{\"message\": \"a\r\n").Concat(Enumerable.Repeat(chunk, 9).SelectMany(bytes => bytes)).Concat(Utf8("2\r\n\"}\r\n0\r\n\r\n")).ToArray();
        var head = $"POST {Chat} HTTP/1.1\nHost: {twin.Address.Authority}\nContent-Type: application/json\nTransfer-Encoding: chunked";

        var response = await RawHttp.SendAsync(twin.Address, RawHttp.Request(head, body));

        Assert.Equal(413, response.Status);
        Assert.Equal("application/problem+json", response.Header("Content-Type"));
        Assert.Contains("65536", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/owner/knowledge/documents")]
    public async Task A_chunk_of_an_impossible_size_is_a_bad_request(string path)
    {
        var head = $"POST {path} HTTP/1.1\nHost: {twin.Address.Authority}\nAuthorization: Bearer {TwinFixture.OwnerKey}\nContent-Type: application/json\nTransfer-Encoding: chunked";

        var response = await RawHttp.SendAsync(twin.Address, RawHttp.Request(head, Utf8("ffffffffffffffff\r\n{\"title\"")));

        Assert.Equal(400, response.Status);
        Assert.Equal("application/problem+json", response.Header("Content-Type"));
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_nothing()
    {
        using var visitor = twin.KnownVisitor();
        var cookie = visitor.DefaultRequestHeaders.GetValues("Cookie").Single();
        var head = $"POST {Chat} HTTP/1.1\nHost: {twin.Address.Authority}\nCookie: {cookie}\nContent-Type: application/json\nContent-Length: 100";

        var response = await RawHttp.SendAsync(twin.Address, RawHttp.Request(head, Utf8("{\"message\": \"Who are")), hangUp: true);

        Assert.True(response.Status is 0 or 400, response.Head);
        Assert.Empty((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_body_that_is_announced_too_large_is_refused_before_it_comes()
    {
        var head = $"POST {Chat} HTTP/1.1\nHost: {twin.Address.Authority}\nContent-Type: application/json\nContent-Length: 99999999\nExpect: 100-continue";

        var response = await RawHttp.SendAsync(twin.Address, RawHttp.Request(head));

        Assert.Equal(413, response.Status);
    }

    [Fact]
    public async Task Exactly_4000_characters_and_64_KiB_are_taken()
    {
        using var visitor = twin.KnownVisitor();
        var start = $"{{\"message\": \"{new string('a', 4000)}\", \"x\": \"";
        var body = start + new string('b', (64 * 1024) - start.Length - 2) + "\"}";

        using var response = await visitor.PostJsonAsync(Chat, body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"message": "When were you born?", "unknown": {"a": [1, null]}, "trigger": "submit"}""")]
    [InlineData("""{"message": "nonsense", "message": "When were you born?"}""")]
    [InlineData("""{"message": "When were you born?", "sessionId": null, "clientMessageId": null, "agent": null}""")]
    [InlineData("""{"message": "When were you born? \ud83d\ude00"}""")]
    [InlineData("""{"message": "When were you born?", "n": 1e99999}""")]
    public async Task What_chat_clients_send_along_is_ignored(string body)
    {
        using var visitor = twin.KnownVisitor();

        using var response = await visitor.PostJsonAsync(Chat, body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("1815", (await response.JsonAsync()).Text("answer"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/vnd.twin+json")]
    public async Task The_media_type_may_be_spelled_in_many_ways(string mediaType)
    {
        using var visitor = twin.KnownVisitor();
        using var content = Content(Utf8("""{"message": "When were you born?"}"""), mediaType);

        using var response = await visitor.PostAsync(new Uri(Chat, UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_problem_says_which_member_is_wrong()
    {
        using var client = twin.Anonymous();

        using var response = await client.PostJsonAsync(Chat, """{"message": ""}""");

        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        Assert.Equal("'message' must not be empty.", problem.Text("detail"));
        Assert.Equal("'message' must not be empty.", problem["errors"]!["message"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task A_problem_with_a_parameter_names_it()
    {
        using var client = twin.Anonymous();

        using var response = await client.GetAsync(new Uri("/api/memory/sessions?limit=ten", UriKind.Relative), TestContext.Current.CancellationToken);

        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        Assert.Contains("'limit'", problem.Text("detail"), StringComparison.Ordinal);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string CodeOf(int status) => status switch
    {
        404 => "not_found",
        413 => "payload_too_large",
        415 => "unsupported_media_type",
        _ => "validation",
    };

    private static ByteArrayContent Content(byte[] body, string? mediaType)
    {
        var content = new ByteArrayContent(body);
        if (mediaType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        return content;
    }

    /// <summary>All that an owner can change.</summary>
    private static async Task<string> StateAsync(HttpClient owner) =>
        (await owner.GetJsonAsync("/api/owner/persona")).ToJsonString()
        + (await owner.GetJsonAsync("/api/owner/persona/versions")).ToJsonString()
        + (await owner.GetJsonAsync("/api/owner/knowledge/documents?limit=100")).ToJsonString();
}
