using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace DigitalTwin.BrowserTests.Quality;

/// <param name="At">When it began, in milliseconds of the browser's clock.</param>
/// <param name="Time">The processor time that it took, in milliseconds.</param>
internal sealed record PageWork(double At, double Time);

/// <param name="Tasks">All of the main thread, in the order in which they ran. A frame is one.</param>
/// <param name="Scripts">What of them was script.</param>
/// <param name="Restyled">How many elements each update of styles looked at, in the order of the updates.</param>
internal sealed record PageFigures(IReadOnlyList<PageWork> Tasks, IReadOnlyList<PageWork> Scripts, IReadOnlyList<int> Restyled);

/// <summary>
/// The browser's own record of a page's main thread. It counts the thread's processor time and not the time that went by, so that a busy
/// machine, which lets the page wait, does not make its tasks longer: what it says of a task is the page's doing.
/// </summary>
internal sealed class PageTrace
{
    private static readonly string[] Categories = ["disabled-by-default-devtools.timeline", "devtools.timeline"];

    private readonly ConcurrentQueue<TraceEvent> events = new();
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ICDPSession session;

    private PageTrace(ICDPSession session)
    {
        this.session = session;
        session.Event("Tracing.dataCollected").OnEvent += (_, data) =>
        {
            foreach (var entry in data!.Value.GetProperty("value").EnumerateArray())
            {
                events.Enqueue(TraceEvent.Of(entry));
            }
        };
        session.Event("Tracing.tracingComplete").OnEvent += (_, _) => complete.TrySetResult();
    }

    public static async Task<PageTrace> StartAsync(IPage page)
    {
        var trace = new PageTrace(await page.Context.NewCDPSessionAsync(page));
        await trace.session.SendAsync("Tracing.start", new Dictionary<string, object>
        {
            ["transferMode"] = "ReportEvents",
            ["traceConfig"] = new Dictionary<string, object> { ["includedCategories"] = Categories },
        });
        return trace;
    }

    /// <summary>What the page's main thread has done since the start.</summary>
    public async Task<PageFigures> EndAsync()
    {
        await session.SendAsync("Tracing.end");
        await complete.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await session.DetachAsync();

        // Other processes are traced as well; the page's is where scripts run.
        var main = events.Where(e => e.Name == "FunctionCall").GroupBy(e => e.Thread).MaxBy(thread => thread.Count())!.Key;
        var ours = events.Where(e => e.Thread == main).OrderBy(e => e.At).ToList();
        return new PageFigures(
            [.. ours.Where(e => e.Name == "RunTask").Select(e => new PageWork(e.At, e.Time))],
            [.. ours.Where(e => e.Name is "FunctionCall" or "RunMicrotasks").Select(e => new PageWork(e.At, e.Time))],
            [.. ours.Where(e => e.Name == "UpdateLayoutTree").Select(e => e.Elements)]);
    }

    private sealed record TraceEvent(string Name, (int Process, int Id) Thread, double At, double Time, int Elements)
    {
        public static TraceEvent Of(JsonElement entry) => new(
            entry.GetProperty("name").GetString()!,
            (entry.GetProperty("pid").GetInt32(), entry.GetProperty("tid").GetInt32()),
            entry.GetProperty("ts").GetDouble() / 1000,
            entry.TryGetProperty("tdur", out var time) ? time.GetDouble() / 1000 : 0,
            entry.TryGetProperty("args", out var details) && details.TryGetProperty("elementCount", out var count) ? count.GetInt32() : 0);
    }
}
