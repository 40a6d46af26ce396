using DigitalTwin.Memory;
using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>A session of 1,000 turns opens at once, stays quick to type in, and can be read to its beginning.</summary>
[Collection(Alone.Name)]
public sealed class LongSessionTests(BrowserFixture browser, QualityTwin twin, ITestOutputHelper output) : IClassFixture<QualityTwin>
{
    private const int Turns = 1000;
    private const int Runs = 3;
    private const double LongestTask = 100;

    [Fact]
    public async Task A_session_of_a_thousand_turns_opens_types_and_scrolls_smoothly()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.AskToTheEndAsync("Question 1");
        var path = new Uri(page.Url).AbsolutePath;
        await FillAsync(path.Split('/')[^1]);
        await page.CloseAsync();

        var opened = new List<double>();
        do
        {
            (page, var time) = await OpenAsync(window, path);
            opened.Add(time);
        }
        while (opened[^1] > 1000 && opened.Count < Runs);

        var keys = await TypeAsync(page);
        await FrameWatch.StartAsync(page);
        var trace = await PageTrace.StartAsync(page);
        await ScrollToTheBeginningAsync(page);
        var tasks = (await trace.EndAsync()).Tasks;
        var scrolling = await FrameWatch.EndAsync(page);
        var keysAtEnd = await TypeAsync(page);

        output.WriteLine($"opened in {string.Join(", ", opened.Select(time => $"{time:0}"))} ms; a key took {keys:0.0} ms with 50 turns and {keysAtEnd:0.0} ms with 1,000; scrolling up: processor time of the longest tasks {string.Join(", ", tasks.Select(task => task.Time).OrderDescending().Take(5).Select(task => $"{task:0.0}"))} ms; {scrolling}");
        Assert.True(opened.Min() <= 1000, $"Opened in {opened.Min():0} ms.");
        Assert.InRange(keys, 0, 16);
        Assert.InRange(keysAtEnd, 0, 16);
        Assert.InRange(tasks.Max(task => task.Time), 0, LongestTask);
        Assert.Empty(window.Faults);
    }

    /// <summary>From the navigation's start until the last answer is drawn, in milliseconds of the page's clock.</summary>
    private static async Task<(IPage Page, double Time)> OpenAsync(VisitorWindow window, string path)
    {
        var page = await window.Context.NewPageAsync();
        var script =
            """
            new MutationObserver((_, observer) => {
              const last = document.querySelector('article.latest .answer:not(.plain)');
              if (last?.textContent.includes('Answer 1000')) {
                observer.disconnect();
                requestAnimationFrame(() => setTimeout(() => { window.openedAfter = last.getBoundingClientRect().bottom <= innerHeight ? performance.now() : NaN; }));
              }
            }).observe(document, { subtree: true, childList: true });
            """;
        await page.AddInitScriptAsync(script);
        await page.GotoAsync(path);
        await Expect(page.Locator("article.latest .answer")).ToContainTextAsync("Answer 1000");
        var time = await page.EvaluateAsync<double>(
            "async () => { while (window.openedAfter === undefined) await new Promise(requestAnimationFrame); return window.openedAfter; }");
        return (page, time);
    }

    /// <summary>The median time of a key: its handlers, style and layout.</summary>
    private static async Task<double> TypeAsync(IPage page) => await page.EvaluateAsync<double>(
        """
        async () => {
          const field = document.getElementById('question');
          const times = [];
          for (const letter of 'How long does it take you to bind a book?'.repeat(3)) {
            await new Promise(requestAnimationFrame);
            const start = performance.now();
            field.value += letter;
            field.dispatchEvent(new InputEvent('input', { bubbles: true, data: letter }));
            document.documentElement.getBoundingClientRect();
            void document.documentElement.scrollHeight;
            times.push(performance.now() - start);
          }
          field.value = '';
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
          return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
        }
        """);

    private static async Task ScrollToTheBeginningAsync(IPage page)
    {
        await page.EvaluateAsync(
            """
            async () => {
              const end = performance.now() + 40000;
              while (document.querySelector('#log > article .question p').textContent !== 'Question 1' && performance.now() < end) {
                scrollBy({ top: -2500, behavior: 'instant' });
                await new Promise(requestAnimationFrame);
              }
            }
            """);
        await Expect(page.Locator("#log > article")).ToHaveCountAsync(Turns);
    }

    /// <summary>Straight into the table, since nobody may ask that much.</summary>
    private async Task FillAsync(string sessionId)
    {
        var sessions = twin.Twin.Services.GetRequiredService<SessionStore>();
        var table = twin.Twin.Services.GetRequiredService<ITable>();
        var item = await table.GetAsync(MemoryKeys.Session(sessionId), TestContext.Current.CancellationToken);
        var visitor = item!.Read(MemoryRecordsJson.Default.SessionRecord).VisitorId;
        for (var n = 2; n <= Turns; n++)
        {
            var session = await sessions.FindAsync(visitor, sessionId, TestContext.Current.CancellationToken);
            Assert.True(await sessions.BeginTurnAsync(session!, $"Question {n}", null, ""));
            var now = DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(n);
            await sessions.CompleteTurnAsync(new TurnId(sessionId, n), new TurnRecord
            {
                Status = TurnStatus.Answered,
                Question = $"Question {n}",
                Answer = $"Answer {n}. A **book** takes two weeks.\n\n- fold\n- sew\n\n" + (n % 7 == 0 ? SampleAnswer.Whole : "That is all."),
                CreatedAt = now,
                CompletedAt = now,
            });
        }
    }
}
