using System.Net;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>A reader that lost its connection comes back with the id of the last event it has.</summary>
public sealed class ResumeTests
{
    private const string Question = "When were you born?";
    private const string Said = "I was born on 10 December 1815 in London [1], and 𝒢uiccioli’s «naïve» friend was not there.";
    private static readonly string[] Tokens = ["I was born ", "on 10 December ", "1815 in London [", "1", "], and 𝒢uic", "cioli’s «naï", "ve» friend was ", "not there."];

    /// <summary>How many tokens the reader has when the line is cut.</summary>
    public static TheoryData<int> Points => [0, 1, 2, 4, Tokens.Length - 1];

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Points))]
    public async Task A_reader_cut_off_in_the_middle_goes_on_where_it_was(int tokensBefore)
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync(Question);
        var (events, turnId) = await ReadAsync(first, reply, tokensBefore);

        await first.CutAsync();
        await twin.Aborts.NextAsync();
        using var second = await visitor.ResumeAsync(turnId, events[^1].Id);
        Say(reply, tokensBefore);
        events.AddRange(await second.RestAsync());

        await AssertWholeAsync(visitor, turnId, events);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_line_that_is_cut_after_every_token_loses_and_doubles_nothing()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        var reader = await visitor.StreamAsync(Question);
        var (events, turnId) = await ReadAsync(reader, reply, 0);
        var offset = 0;
        foreach (var token in Tokens)
        {
            await reader.CutAsync();
            reply.Token(token);
            reader = await visitor.ResumeAsync(turnId, events[^1].Id);
            // A token that only opens a marker has nothing to show yet.
            offset += token.Length;
            while (events.Text().Length < Said[..offset].TrimEnd('[', '1').Length)
            {
                events.Add((await reader.NextAsync())!);
            }
        }

        reply.Finish().Done();
        events.AddRange(await reader.RestAsync());
        reader.Dispose();

        await AssertWholeAsync(visitor, turnId, events);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_is_answered_though_nobody_reads_it()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync(Question);
        var (events, turnId) = await ReadAsync(first, reply, 2);
        await first.CutAsync();
        await twin.Aborts.NextAsync();

        Say(reply, 2);
        // A new question is refused until the turn is stored, so its being taken shows that the turn has ended by itself.
        twin.Model.Otherwise = _ => OpenAiReply.Of("Next.");
        var next = await AskWhenFreeAsync(visitor, turnId[..turnId.LastIndexOf('.')]);

        Assert.EndsWith(".2", next, StringComparison.Ordinal);
        using var second = await visitor.ResumeAsync(turnId, events[^1].Id);
        events.AddRange(await second.RestAsync());
        await AssertWholeAsync(visitor, turnId, events);
    }

    [Fact(Timeout = 30_000)]
    public async Task Two_readers_of_one_turn_get_the_same()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync(Question);
        var (events, turnId) = await ReadAsync(first, reply, 3);
        using var second = await visitor.ResumeAsync(turnId);
        var others = new List<ServerEvent> { (await second.NextAsync())! };

        Say(reply, 3);
        events.AddRange(await first.RestAsync());
        others.AddRange(await second.RestAsync());

        Assert.Equal(events.Text(), others.Text());
        Assert.Equal(events.Where(e => e.Delta.Length == 0), others.Where(e => e.Delta.Length == 0));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_finished_turn_is_replayed_behind_every_event()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync(Question);
        var events = await first.RestAsync();
        var turnId = events[0].Json.Text("messageId");

        for (var i = 0; i < events.Count; i++)
        {
            using var again = await visitor.ResumeAsync(turnId, events[i].Id);
            Assert.Equal(events.Skip(i + 1), await again.RestAsync());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_is_replayed_after_a_restart()
    {
        using var folder = new TempFolder();
        var cookies = new CookieContainer();
        List<ServerEvent> events;
        string turnId;
        await using (var twin = await ModelTwin.StartAsync(folder.Path))
        {
            var reply = twin.NextIsGated();
            using var visitor = twin.NewVisitor(cookies);
            using var first = await visitor.StreamAsync(Question);
            (events, turnId) = await ReadAsync(first, reply, 5);
            await first.CutAsync();
            Say(reply, 5);
            using var end = await visitor.ResumeAsync(turnId);
            await end.RestAsync();
        }

        await using var restarted = await ModelTwin.StartAsync(folder.Path);
        using var returned = restarted.NewVisitor(cookies);
        using var second = await returned.ResumeAsync(turnId, events[^1].Id);
        events.AddRange(await second.RestAsync());

        await AssertWholeAsync(returned, turnId, events);
    }

    [Theory]
    [InlineData("4.1000000")]
    [InlineData("6.99")]
    [InlineData("7.99")]
    public async Task Behind_a_place_that_the_turn_never_reached_come_its_last_events(string lastEventId)
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync(Question);
        var events = await first.RestAsync();

        using var again = await visitor.ResumeAsync(events[0].Json.Text("messageId"), lastEventId);

        var stage = int.Parse(lastEventId[..1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(events.Where(e => int.Parse(e.Id!.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) > stage), await again.RestAsync());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("4")]
    [InlineData("4.")]
    [InlineData(".4")]
    [InlineData("-1.0")]
    [InlineData("4.-1")]
    [InlineData("99.0")]
    [InlineData("4.5.6")]
    [InlineData("4.5.abcde")]
    [InlineData("4.5.ABCDEF")]
    [InlineData("4.5.abcdef0")]
    [InlineData("4.5.abcdef.1")]
    [InlineData("4.5.")]
    [InlineData("4.99999999999")]
    public async Task An_event_id_that_is_none_of_ours_is_refused(string lastEventId)
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var turnId = (await visitor.AskAsync(Question)).Text("turnId");

        using var response = await visitor.SendAsync(TurnReaderExtensions.ResumeRequest(turnId, lastEventId), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("validation", (await response.JsonAsync()).Text("code"));
    }

    /// <summary>Lets the model say the first tokens and reads until they are all there.</summary>
    private static async Task<(List<ServerEvent> Events, string TurnId)> ReadAsync(TurnReader reader, OpenAiReply reply, int tokens)
    {
        var events = new List<ServerEvent> { (await reader.NextAsync())!, (await reader.NextAsync())! };
        foreach (var token in Tokens.Take(tokens))
        {
            reply.Token(token);
        }

        var shown = string.Concat(Tokens.Take(tokens)).TrimEnd('[', '1');
        while (events.Text().Length < shown.Length)
        {
            events.Add((await reader.NextAsync())!);
        }

        return (events, events[0].Json.Text("messageId"));
    }

    /// <summary>Lets the model say the rest.</summary>
    private static void Say(OpenAiReply reply, int from)
    {
        foreach (var token in Tokens.Skip(from))
        {
            reply.Token(token);
        }

        reply.Finish().Done();
    }

    private static async Task<string> AskWhenFreeAsync(HttpClient visitor, string sessionId)
    {
        while (true)
        {
            using var response = await visitor.PostJsonAsync("/api/chat", ChatClientExtensions.Body("And then?", sessionId));
            if (response.StatusCode is HttpStatusCode.OK)
            {
                return (await response.JsonAsync()).Text("turnId");
            }

            Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        }
    }

    /// <summary>What was read, over however many connections, is the stored answer, each event once and none missing.</summary>
    private static async Task AssertWholeAsync(HttpClient visitor, string turnId, IReadOnlyList<ServerEvent> events)
    {
        var session = await visitor.GetJsonAsync($"/api/memory/sessions/{turnId[..turnId.LastIndexOf('.')]}");
        var stored = session["items"]!.AsArray().Select(item => item!.AsObject()).Single(item => item.Text("turnId") == turnId);
        Assert.Equal(("answered", Said), (stored.Text("status"), stored.Text("answer")));
        Assert.Equal(Said, events.Text());
        Assert.Distinct(events.Select(e => e.Id));
        using var replay = await visitor.ResumeAsync(turnId);
        Assert.Equal(
            (await replay.RestAsync()).Where(e => e.Delta.Length == 0).Select(e => (e.Id, e.Data)),
            events.Where(e => e.Delta.Length == 0).Select(e => (e.Id, e.Data)));
    }
}
