using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>SIGKILL again and again while many talk: what was acknowledged is there afterwards, once.</summary>
public sealed class CrashUnderLoadTests
{
    private const int Rounds = 10;
    private const int Talkers = 8;
    private const int Seed = 20260;

    [Fact(Timeout = 120_000)]
    public async Task Every_acknowledged_turn_is_there_exactly_once_after_every_kill()
    {
        using var folder = new TempFolder();
        var random = new Random(Seed);
        var talkers = Enumerable.Range(0, Talkers).Select(n => new Talker(n)).ToArray();

        for (var round = 0; round < Rounds; round++)
        {
            await using var twin = await TwinProcess.StartAsync(folder.Path);
            await Task.WhenAll(talkers.Select(talker => talker.CheckAsync(twin)));

            // The moment is a number of answers, so that it does not depend on how fast the machine is; the others are in the middle of theirs.
            var kill = new Countdown(random.Next(1, 80));
            var talking = talkers.Select(talker => talker.TalkAsync(twin, kill)).ToArray();
            await kill.Reached;
            await twin.KillAsync();
            await Task.WhenAll(talking);
        }

        await using var last = await TwinProcess.StartAsync(folder.Path);
        await Task.WhenAll(talkers.Select(talker => talker.CheckAsync(last)));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} kills, {talkers.Sum(t => t.Acknowledged)} turns acknowledged, {talkers.Sum(t => t.CutOff)} cut off and sent again"));
        Assert.All(talkers, talker => Assert.NotEqual(0, talker.Acknowledged));
        Assert.NotEqual(0, talkers.Sum(talker => talker.CutOff));
    }

    /// <summary>Counts down from as many threads as like; reached at zero.</summary>
    private sealed class Countdown(int from)
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int left = from;

        public Task Reached => reached.Task;

        public void Signal()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                reached.SetResult();
            }
        }
    }

    /// <summary>
    /// A visitor who asks without a pause and remembers every answer it was given. Even ones read streams, for which the turn's own
    /// event is the acknowledgement of the question.
    /// </summary>
    private sealed class Talker(int n)
    {
        private const int TurnsOfASession = 15;
        private readonly CookieContainer cookies = new();
        private readonly Dictionary<string, Asked> asked = [];
        private Asked? inFlight;
        private string? sessionId;
        private int count;

        public int Acknowledged => asked.Values.Count(a => a.Answer is not null);

        public int CutOff { get; private set; }

        public async Task TalkAsync(TwinProcess twin, Countdown kill)
        {
            using var visitor = twin.NewVisitor(cookies);
            try
            {
                while (true)
                {
                    if (inFlight is null)
                    {
                        sessionId = count % TurnsOfASession == 0 ? null : sessionId;
                        inFlight = new Asked(string.Create(CultureInfo.InvariantCulture, $"When were you born? I am {n} and ask this as number {count++}."), sessionId);
                    }

                    await AskAsync(visitor, inFlight);
                    sessionId = inFlight.TurnId![..inFlight.TurnId!.LastIndexOf('.')];
                    inFlight = null;
                    kill.Signal();
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException)
            {
                // The process is gone; the question is sent again, under the same id, when it is back.
                CutOff++;
            }
        }

        /// <summary>All that was acknowledged is there, once, and the sequences have neither gaps nor doubles.</summary>
        public async Task CheckAsync(TwinProcess twin)
        {
            using var visitor = twin.NewVisitor(cookies);
            var turns = new List<JsonObject>();
            foreach (var session in await AllAsync(visitor, "/api/memory/sessions"))
            {
                var items = await AllAsync(visitor, $"/api/memory/sessions/{session.Text("sessionId")}");
                Assert.Equal(Enumerable.Range(1, items.Count), items.Select(turn => turn["sequence"]!.GetValue<int>()));
                Assert.Equal(items.Count, session["turnCount"]!.GetValue<int>());
                turns.AddRange(items);
            }

            // Throws on a question that is there twice.
            var byQuestion = turns.ToDictionary(turn => turn.Text("question"));
            foreach (var known in asked.Values)
            {
                Assert.True(byQuestion.TryGetValue(known.Question, out var turn), $"Lost: {known.Question}");
                Assert.Equal(known.TurnId, turn.Text("turnId"));
                if (known.Answer is not null)
                {
                    Assert.Equal(("answered", known.Answer), (turn.Text("status"), turn.Text("answer")));
                }
            }

            // What is there beyond that can only be the question that was on its way when the process was killed.
            Assert.All(byQuestion.Keys.Where(question => !asked.ContainsKey(question)), question => Assert.Equal(inFlight?.Question, question));
            Assert.All(turns.Where(turn => turn.Text("status") != "answered"), turn => Assert.Equal((inFlight?.Question, "unanswered"), (turn.Text("question"), turn.Text("status"))));
        }

        private async Task AskAsync(HttpClient visitor, Asked asking)
        {
            if (n % 2 == 0)
            {
                using var reader = await visitor.StreamAsync(asking.Question, asking.SessionId, asking.Id);
                Acknowledge(asking, (await reader.NextAsync("start")).Json.Text("messageId"));
                var events = await reader.RestAsync();
                if (events is not [.., { Type: ServerEvent.Done }])
                {
                    throw new IOException("The stream was cut.");
                }

                asking.Answer = events.Text();
            }
            else
            {
                var answer = await visitor.AskAsync(asking.Question, asking.SessionId, asking.Id);
                Acknowledge(asking, answer.Text("turnId"));
                asking.Answer = answer.Text("answer");
            }
        }

        private void Acknowledge(Asked asking, string turnId)
        {
            Assert.True(asking.TurnId is null || asking.TurnId == turnId, "A retry got another turn.");
            asking.TurnId = turnId;
            asked[asking.Question] = asking;
        }

        private static async Task<IReadOnlyList<JsonObject>> AllAsync(HttpClient visitor, string path)
        {
            var items = new List<JsonObject>();
            string? cursor = null;
            do
            {
                var page = await visitor.GetJsonAsync($"{path}?limit=100{(cursor is null ? "" : $"&cursor={cursor}")}");
                items.AddRange(page["items"]!.AsArray().Select(item => item!.AsObject()));
                cursor = page["nextCursor"]?.GetValue<string>();
            }
            while (cursor is not null);
            return items;
        }
    }

    private sealed class Asked(string question, string? sessionId)
    {
        public string Question { get; } = question;

        public string? SessionId { get; } = sessionId;

        /// <summary>The client message id; spaces are not allowed in it.</summary>
        public string Id { get; } = question.Replace(' ', '-');

        public string? TurnId { get; set; }

        public string? Answer { get; set; }
    }
}
