using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>What the reader sees stays where it is, unless the reader is at the end.</summary>
public sealed class ScrollTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    private const string FromEnd = "() => document.documentElement.scrollHeight - innerHeight - scrollY";
    private static readonly string Long = string.Concat(Enumerable.Range(1, 60).Select(n => $"Paragraph {n} of the story.\n\n"));

    [Theory(Timeout = 60_000)]
    [InlineData(Device.Desktop)]
    [InlineData(Device.Phone)]
    public async Task A_new_question_goes_near_the_top(Device device)
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address, device);
        var page = await window.GoAsync();
        twin.Next(Long);
        await page.AskToTheEndAsync("A story?");
        var reply = twin.NextIsGated();

        await page.AskAsync("And another?");
        await reply.Started.WaitAsync(TestContext.Current.CancellationToken);
        await page.WaitForFunctionAsync("() => document.querySelector('#log > article:last-of-type').getBoundingClientRect().top < 130");
        reply.Token("Here").Finish().Done();
        await page.EndAsync();

        Assert.InRange(await page.LastTurn().TopAsync(), 20, 130);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reading_at_the_end_follows_the_answer()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("A story?");
        reply.Token(Long + "Half.");
        await Expect(page.Answer()).ToContainTextAsync("Half.");
        await page.WaitForFunctionAsync(FromEnd + " < 5");
        reply.Token("\n\n" + Long + "All.").Finish().Done();
        await page.EndAsync();

        await page.WaitForFunctionAsync(FromEnd + " < 5");
        await Expect(page.Button("Newest")).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reader_who_scrolled_up_stays_put_while_words_come_and_gets_back_by_a_button()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("A story?");
        reply.Token(Long + "Half.");
        await Expect(page.Answer()).ToContainTextAsync("Half.");
        await page.WaitForFunctionAsync(FromEnd + " < 5");
        await page.Mouse.MoveAsync(600, 300);
        await page.Mouse.WheelAsync(0, -500);
        await Expect(page.Button("Newest")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync(FromEnd + " > 300");
        var before = await RestAsync(page);
        reply.Token("\n\n" + Long + "More.");
        await Expect(page.Answer()).ToContainTextAsync("More.");
        Assert.Equal(before, await RestAsync(page));
        reply.Token(" All.").Finish().Done();
        await page.EndAsync();
        Assert.Equal(before, await RestAsync(page));
        await page.Button("Newest").ClickAsync();

        await page.WaitForFunctionAsync(FromEnd + " < 5");
        await Expect(page.Button("Newest")).ToHaveCountAsync(0);
        await Expect(page.LastTurn()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_old_conversation_opens_at_its_last_turn()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var id = await window.AddPastAsync(twin.Twin, "Question", turns: 40);

        var page = await window.GoAsync("/s/" + id);

        await Expect(page.LastTurn()).ToContainTextAsync("This is answer 40.");
        await Expect(page.LastTurn()).ToBeInViewportAsync();
        await page.WaitForFunctionAsync(FromEnd + " < 5");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_200_turns_the_older_ones_come_when_the_reader_gets_there_and_nothing_jumps()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var id = await window.AddPastAsync(twin.Twin, "Question", turns: 200);
        var page = await window.GoAsync("/s/" + id);
        await Expect(page.LastTurn()).ToContainTextAsync("This is answer 200.");
        await Expect(page.Turns()).ToHaveCountAsync(50);

        foreach (var loaded in new[] { 100, 150, 200 })
        {
            var top = page.GetByRole(AriaRole.Article, new() { Name = $"Question {201 - loaded + 50}: " });
            var before = 0.0;
            await page.RouteAsync("**/api/memory/sessions/*", async route =>
            {
                // The reader goes on scrolling while the older turns are on their way.
                await page.EvaluateAsync("scrollTo(0, 60)");
                await RestAsync(page);
                before = await top.TopAsync();
                await route.ContinueAsync();
            });
            await page.EvaluateAsync("scrollTo(0, 400)");
            await Expect(page.Turns()).ToHaveCountAsync(loaded);
            await RestAsync(page);

            Assert.InRange(await top.TopAsync() - before, -2, 2);
            await page.UnrouteAllAsync();
        }

        await Expect(page.Turns().First).ToContainTextAsync("This is answer 1.");
        await Expect(page.Button("Earlier messages")).ToHaveCountAsync(0);
        Assert.Equal(200, await page.EvaluateAsync<int>("new Set([...document.querySelectorAll('#log .question p')].map(p => p.textContent)).size"));
        Assert.Empty(window.Faults);
    }

    /// <summary>The scroll position, once it is the same in two frames.</summary>
    private static Task<double> RestAsync(IPage page) => page.EvaluateAsync<double>(
        """
        () => new Promise(resolve => {
          let last = NaN;
          const look = () => scrollY === last ? resolve(scrollY) : (last = scrollY, requestAnimationFrame(() => requestAnimationFrame(look)));
          look();
        })
        """);
}
