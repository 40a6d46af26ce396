using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Memory;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>The twin on a table and a bucket of AWS, as several instances, and over a bad line.</summary>
[Collection(OneMoto.Name)]
public sealed class SharedChatTests(MotoServer moto)
{
    private static readonly AwsFault[] BadLine =
    [
        AwsFault.None, AwsFault.Throttled, AwsFault.None, AwsFault.ResetAfter, AwsFault.None, AwsFault.ServerError, AwsFault.None,
        AwsFault.ResetBefore, AwsFault.None, AwsFault.None, AwsFault.Slow, AwsFault.None, AwsFault.ResetAfter,
        AwsFault.None, AwsFault.Conflict, AwsFault.None, AwsFault.None, AwsFault.ThrottledInside, AwsFault.None, AwsFault.None, AwsFault.ErrorAfter, AwsFault.None,
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitor_chats_comes_back_to_another_instance_and_is_erased()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var one = stores.Start(moto.Gate);
        await using var other = stores.Start(moto.Gate);
        var cookies = new CookieContainer();
        using var visitor = one.NewVisitor(cookies);
        using var elsewhere = other.NewVisitor(cookies);

        var asked = await visitor.AskAsync("When were you born?");
        var session = asked.Text("sessionId");
        using var stream = await elsewhere.StreamAsync("Who was your father?", session, "m-1");
        var events = (await stream.RestAsync()).ToList();
        var turnId = events.Single(e => e.Type == "data-turn").Json["data"]!["turnId"]!.GetValue<string>();
        using var resumed = await visitor.ResumeAsync(turnId, events[3].Id);

        Assert.Contains("1815", asked.Text("answer"), StringComparison.Ordinal);
        Assert.Equal(events[4..].Select(e => e.Data), (await resumed.RestAsync()).Select(e => e.Data));
        Assert.Equal(turnId, (await visitor.AskAsync("Who was your father?", session, "m-1")).Text("turnId"));
        var sessions = (await elsewhere.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray();
        Assert.Equal((session, 2), (Assert.Single(sessions)!.AsObject().Text("sessionId"), sessions[0]!["turnCount"]!.GetValue<int>()));
        Assert.Contains("Who was your father?", (await elsewhere.GetJsonAsync("/api/memory/export")).ToJsonString(), StringComparison.Ordinal);

        using var erased = await elsewhere.DeleteAsync(new Uri("/api/memory", UriKind.Relative), Cancel);
        Assert.Equal(2, (await erased.JsonAsync())["erased"]!["turns"]!.GetValue<int>());
        Assert.DoesNotContain("Who was your father?", await stores.EverythingAsync(Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain(session, await stores.EverythingAsync(Cancel), StringComparison.Ordinal);
        using var gone = await visitor.GetAsync(new Uri($"/api/memory/sessions/{session}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task An_edited_persona_answers_at_once_on_every_instance()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var one = stores.Start(moto.Gate);
        await using var other = stores.Start(moto.Gate);
        using var visitor = other.NewVisitor();
        Assert.DoesNotContain("zeppelin", (await visitor.AskAsync("Do you own a zeppelin?")).Text("answer"), StringComparison.Ordinal);

        using var owner = one.Owner();
        var persona = await owner.GetJsonAsync("/api/owner/persona");
        var edited = new JsonObject { ["me"] = "I own a zeppelin called Hortensia.", ["profile"] = persona["profile"]!.DeepClone() };
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/api/owner/persona", UriKind.Relative))
        {
            Content = new StringContent(edited.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        using var saved = await owner.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Contains("Hortensia", (await visitor.AskAsync("Do you own a zeppelin?")).Text("answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_line_to_the_table_loses_no_turn_and_doubles_none()
    {
        const int visitors = 8;
        const int questions = 6;
        using var stores = await AwsStores.CreateAsync(moto);
        await using var gate = await moto.OwnGateAsync();
        await using var twin = stores.Start(gate);
        var seen = 0;
        gate.Faults = _ => BadLine[Interlocked.Increment(ref seen) % BadLine.Length];

        var histories = await Task.WhenAll(Enumerable.Range(0, visitors).Select(i => TalkAsync(twin, i, questions)));

        gate.Faults = _ => AwsFault.None;
        Assert.All(Enum.GetValues<AwsFault>(), fault => Assert.Contains(gate.Seen, call => call.Fault == fault && call.Operation == "TransactWriteItems"));
        for (var i = 0; i < visitors; i++)
        {
            Assert.Equal(Enumerable.Range(1, questions).Select(n => (n, Question(i, n), "answered")), histories[i]);
        }
    }

    [Fact]
    public async Task Of_a_hundred_racing_writers_of_a_session_one_wins_each_turn_and_the_order_is_strict()
    {
        const int writers = 100;
        const int rounds = 3;
        using var stores = await AwsStores.CreateAsync(moto);
        await using var twin = stores.Start(moto.Gate);
        var sessions = twin.Services.GetRequiredService<SessionStore>();
        var session = StoredSession.New("v-racer", DateTimeOffset.UnixEpoch.AddYears(60));
        var winners = new List<string>();
        for (var round = 0; round < rounds; round++)
        {
            var begun = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => sessions.BeginTurnAsync(session, $"{round}/{i}", null, "").AsTask()));

            winners.Add($"{round}/{Assert.Single(Enumerable.Range(0, writers), i => begun[i])}");
            session = (await sessions.FindAsync("v-racer", session.Id, Cancel))!;
        }

        var (turns, _) = await sessions.TurnsAsync(session.Id, 100, null, cancellationToken: Cancel);
        Assert.Equal(winners, turns.Select(turn => turn.Record.Question));
        Assert.Equal(Enumerable.Range(1, rounds), turns.Select(turn => turn.Id.Sequence));
    }

    private static string Question(int visitor, int n) => $"Question {n} of visitor {visitor}: when were you born?";

    /// <summary>A client that tries again, with the same message id, whatever is not an answer. Returns what the session holds at the end.</summary>
    private static async Task<List<(int, string, string)>> TalkAsync(TwinFixture twin, int visitor, int questions)
    {
        const int tries = 10;
        using var client = twin.NewVisitor();
        string? session = null;
        for (var n = 1; n <= questions; n++)
        {
            var attempt = 0;
            while (true)
            {
                using var response = await client.PostJsonAsync("/api/chat", ChatClientExtensions.Body(Question(visitor, n), session, $"m-{n}"));
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    var answer = await response.JsonAsync();
                    Assert.Equal("answered", answer.Text("status"));
                    session = answer.Text("sessionId");
                    break;
                }

                Assert.True(++attempt < tries, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
            }
        }

        var stored = await client.GetJsonAsync($"/api/memory/sessions/{session}?limit=100");
        Assert.Single((await client.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
        return [.. stored["items"]!.AsArray().Select(turn => turn!.AsObject()).Select(turn => (turn["sequence"]!.GetValue<int>(), turn.Text("question"), turn.Text("status")))];
    }
}
