using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>What people say is not in the log, and secrets are not even in its Trace.</summary>
public sealed class LogTests : IDisposable
{
    private const string Words = "zebramarker7731";
    private const string Mail = "marker.person@mail.example";
    private const string Phone = "+49 170 5550199";
    private const string PersonaText = "personamarker4402";
    private const string DocumentText = "documentmarker9913";
    private const string ApiKey = "sk-apimarker-5521-0000000000000000";
    private const string WrongKey = "wrongkeymarker-3315-000000000000";
    private static readonly string[] Texts = [Words, Mail, Phone, "5550199", PersonaText, DocumentText];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Nobodys_words_are_logged_and_secrets_at_no_level()
    {
        using var logs = new CapturedLogs();
        await using var model = await OpenAiServer.StartAsync();
        model.Otherwise = _ => OpenAiReply.Status(401, message: $"Incorrect API key {ApiKey} for {Words} {Mail}");
        await using var twin = TwinFixture.Start(
            folder.File("data"),
            services =>
            {
                services.AddSingleton<ILoggerProvider>(logs);
                services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.Trace);
            },
            [
                ("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl), ("Twin:Engines:OpenAI:ApiKey", ApiKey), ("Twin:Engines:Chain", "openai"),
                ("Twin:Signing:Key", TestCookie.SigningKey), ("Twin:LogLevel", "Verbose"),
            ]);

        var cookies = await UseAsync(twin.Address, TwinFixture.OwnerKey);

        var lines = logs.Lines;
        Assert.NotEmpty(model.Requests);
        Assert.Contains(lines, line => line.Level == LogLevel.Trace);
        Assert.Contains(lines, line => line.Level >= LogLevel.Information && line.Category.StartsWith("DigitalTwin.", StringComparison.Ordinal));
        AssertNone(lines.Where(line => line.Level >= LogLevel.Information || line.Category.StartsWith("DigitalTwin.", StringComparison.Ordinal)), Texts);
        AssertNone(lines, [ApiKey, WrongKey, TwinFixture.OwnerKey, TestCookie.SigningKey, .. cookies]);
    }

    [Fact]
    public async Task The_console_of_the_real_thing_shows_none_of_it_even_at_its_most_talkative()
    {
        var (command, address) = await TwinCommand.StartAsync(
            folder.Path,
            ("Twin:LogLevel", "Verbose"),
            ("Twin:Engines:OpenAI:BaseUrl", "http://127.0.0.1:1"),
            ("Twin:Engines:OpenAI:ApiKey", ApiKey),
            ("Twin:Engines:MaxRetries", "0"));
        await using (command)
        {
            var ownerKey = (await File.ReadAllTextAsync(folder.File("data/owner.key"), TestContext.Current.CancellationToken)).Trim();
            var signingKey = (await File.ReadAllTextAsync(folder.File("data/signing.key"), TestContext.Current.CancellationToken)).Trim();

            var cookies = await UseAsync(address, ownerKey);
            await command.KillAsync();

            var console = (command.Output + command.Errors).Split('\n').Select(line => new LogLine(LogLevel.Information, "console", line)).ToList();
            Assert.True(console.Count > 10, command.Output);
            AssertNone(console, [.. Texts, ApiKey, WrongKey, ownerKey, signingKey, .. cookies]);
        }
    }

    [Fact]
    public void A_leak_would_be_found()
    {
        using var logs = new CapturedLogs();
        using (logs.CreateLogger("a").BeginScope(new Dictionary<string, object> { ["who"] = Mail }))
        {
            var exception = new InvalidOperationException(ApiKey);
            logs.CreateLogger("b").Log(LogLevel.Trace, default, Words, exception, (_, _) => "nothing");
        }

        var found = Assert.Throws<Xunit.Sdk.EmptyException>(() => AssertNone([new LogLine(LogLevel.Trace, "b", $"x {Words} y")], [Words]));
        Assert.Contains(Words, found.Message, StringComparison.Ordinal);
        Assert.Throws<Xunit.Sdk.EmptyException>(() => AssertNone(logs.Lines, [Mail]));
        Assert.Throws<Xunit.Sdk.EmptyException>(() => AssertNone(logs.Lines, [ApiKey]));
    }

    /// <summary>A bit of everything, with marked words everywhere; returns the cookie values that were in use.</summary>
    private static async Task<string[]> UseAsync(Uri address, string ownerKey)
    {
        var jar = new CookieContainer();
        using var handler = new SocketsHttpHandler { CookieContainer = jar };
        using var visitor = new HttpClient(handler) { BaseAddress = address };
        using var stranger = new HttpClient { BaseAddress = address };
        using var owner = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ownerKey) } };

        var answer = await visitor.AskAsync($"My name is {Words}, write to {Mail} or {Phone}. When were you born?", clientMessageId: Words);
        var (session, turn) = (answer.Text("sessionId"), answer.Text("turnId"));
        var cookie = Assert.Single(jar.GetCookies(address)).Value;
        await SendAsync(visitor, HttpMethod.Post, "/api/chat/stream", ChatClientExtensions.Body($"{Words} {Mail}?", session));
        await SendAsync(visitor, HttpMethod.Post, $"/api/chat/turns/{turn}/feedback", $$"""{"rating": "up", "comment": "{{Words}} {{Mail}} {{Phone}}"}""");
        await SendAsync(visitor, HttpMethod.Get, "/api/memory/export", null);
        await SendAsync(visitor, HttpMethod.Post, "/api/chat", $$"""{"message": "{{Words}} {{Mail}}", "message": {""");
        await SendAsync(visitor, HttpMethod.Post, "/api/chat", $$"""{"message": 5, "{{Mail}}": "{{Words}}"}""");
        await SendAsync(visitor, HttpMethod.Post, "/api/chat", $$"""{"message": "{{new string('x', 70_000)}} {{Words}}"}""");
        await SendAsync(visitor, HttpMethod.Post, "/api/chat", $$"""{"message": "{{Words}}", "agent": "{{Mail}}"}""");
        await SendAsync(stranger, HttpMethod.Get, $"/api/memory/sessions/{session}", null);

        await SendAsync(owner, HttpMethod.Put, "/api/owner/persona", TestPersona.Update($"I am {PersonaText}.", profile => profile["greeting"] = PersonaText));
        await SendAsync(owner, HttpMethod.Put, "/api/owner/persona", TestPersona.Update(change: profile => profile["accent"] = PersonaText));
        var document = new JsonObject { ["title"] = DocumentText, ["text"] = $"{DocumentText} lives at {Mail}." };
        await SendAsync(owner, HttpMethod.Post, "/api/owner/knowledge/documents", document.ToJsonString());
        await SendAsync(owner, HttpMethod.Post, "/api/owner/knowledge/search", $$"""{"query": "{{DocumentText}}"}""");
        await SendAsync(visitor, HttpMethod.Post, "/api/chat", ChatClientExtensions.Body($"Where does {DocumentText} live?"));
        for (var i = 0; i < 7; i++)
        {
            using var wrong = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/owner/persona", UriKind.Relative));
            wrong.Headers.Authorization = new AuthenticationHeaderValue("Bearer", WrongKey);
            using var refused = await stranger.SendAsync(wrong, TestContext.Current.CancellationToken);
        }

        await SendAsync(visitor, HttpMethod.Delete, "/api/memory", null);
        return [cookie, cookie.Split('.')[^1], WebUtility.UrlEncode(cookie)];
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static void AssertNone(IEnumerable<LogLine> lines, IReadOnlyList<string> markers)
    {
        var leaks = from line in lines
                    from marker in markers
                    where line.Text.Contains(marker, StringComparison.OrdinalIgnoreCase)
                    select $"'{marker}' at {line.Level} in {line.Category}: {line.Text}";
        Assert.Empty(leaks.Take(10));
    }
}
