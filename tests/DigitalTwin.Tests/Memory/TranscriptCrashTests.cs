using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Storage.Embedded.Objects;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>The real application, killed again and again while sessions become quiet: each has its transcript in the end, with all of its turns.</summary>
public sealed class TranscriptCrashTests
{
    private const int Rounds = 6;
    private const int Seed = 4711;
    private const string OwnerKey = "the-owner-key-of-the-tests-0123456789";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task No_transcript_is_lost_or_left_behind_its_session()
    {
        using var folder = new TempFolder();
        var random = new Random(Seed);
        var cookies = new CookieContainer();
        var sessions = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var twin = await StartAsync(folder);
            using var visitor = twin.NewVisitor(cookies);
            var answers = random.Next(20, 60);
            for (var i = 0; i < answers; i++)
            {
                // Old sessions go on while their transcripts are being written.
                var old = sessions.Count == 0 || random.Next(3) == 0 ? null : sessions[random.Next(sessions.Count)];
                var session = (await visitor.AskAsync($"When were you born? ({round}.{i})", old)).Text("sessionId");
                if (old is null)
                {
                    sessions.Add(session);
                }
            }

            // Killed in the middle of the jobs: by now those of the first answers are due or done.
            await JobsAsync(twin, enough: jobs => jobs.Count > 0);
            await twin.KillAsync();
        }

        var expected = new Dictionary<string, int>();
        await using (var last = await StartAsync(folder))
        {
            await JobsAsync(last, enough: jobs => jobs.Count == sessions.Count && jobs.All(IsFarOff));
            using var visitor = last.NewVisitor(cookies);
            foreach (var session in sessions)
            {
                expected[session] = (await visitor.GetJsonAsync($"/api/memory/sessions/{session}?limit=100"))["turnCount"]!.GetValue<int>();
            }

            await last.KillAsync();
        }

        using var objects = FileObjectStore.Open(folder.File("objects"), TimeProvider.System);
        foreach (var (session, turns) in expected)
        {
            var stored = await objects.GetAsync($"conversations/{session}.json", cancellationToken: Cancel);
            var transcript = JsonNode.Parse(stored!.Content.Span)!.AsObject();
            Assert.Equal(Enumerable.Range(1, turns), transcript["turns"]!.AsArray().Select(turn => turn!["sequence"]!.GetValue<int>()));
        }
    }

    /// <summary>The job has written its transcript and waits for the end of the session's retention.</summary>
    private static bool IsFarOff(JsonObject job) => job["dueAt"]!.GetValue<DateTimeOffset>() > job["createdAt"]!.GetValue<DateTimeOffset>().AddDays(1);

    /// <summary>Asks for the waiting jobs until they are as they should be, with none running.</summary>
    private static async Task JobsAsync(TwinProcess twin, Func<IReadOnlyList<JsonObject>, bool> enough)
    {
        using var owner = twin.NewVisitor();
        owner.DefaultRequestHeaders.Authorization = new("Bearer", OwnerKey);
        while (true)
        {
            var ready = new List<JsonObject>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await owner.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"/api/owner/jobs?state=ready&limit=100{cursor}"));
                ready.AddRange(page["items"]!.AsArray().Select(job => job!.AsObject()));
                cursor = page["nextCursor"] is { } next ? $"&cursor={next.GetValue<string>()}" : null;
            }

            if (enough(ready))
            {
                return;
            }

            Cancel.ThrowIfCancellationRequested();
        }
    }

    private static Task<TwinProcess> StartAsync(TempFolder folder) => TwinProcess.StartAsync(
        folder.Path,
        ("Twin:Owner:Key", OwnerKey),
        ("Twin:Limits:Enabled", "false"),
        ("Twin:Memory:TranscriptAfterSeconds", "1"),
        ("Twin:Jobs:LeaseSeconds", "1"));
}
