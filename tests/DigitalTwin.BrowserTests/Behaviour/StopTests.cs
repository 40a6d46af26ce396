using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The button that ends an answer, and nothing else does.</summary>
public sealed class StopTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task A_stopped_answer_keeps_what_was_said_and_the_next_question_is_answered()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("Tell me a long story.");
        reply.Token("Once upon a time");
        await Expect(page.Answer()).ToHaveTextAsync("Once upon a time");
        await page.Button("Stop answering").ClickAsync();

        await Expect(page.LastTurn().Locator(".note")).ToHaveTextAsync("You stopped this answer.");
        await Expect(page.Answer()).ToHaveTextAsync("Once upon a time");
        await reply.ClientLeft.WaitAsync(TestContext.Current.CancellationToken);
        twin.Next("A short one.");
        await page.AskToTheEndAsync("And a short one?");
        await page.ReloadAsync();
        await Expect(page.Turns()).ToContainTextAsync(["You stopped this answer.", "A short one."]);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_stopped_before_the_server_took_it_is_back_in_the_field()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RouteAsync("**/api/chat/stream", _ => Task.CompletedTask);

        await page.AskAsync("Too soon?");
        await page.Question().FillAsync("And this?");
        await page.Button("Stop answering").ClickAsync();

        await Expect(page.Question()).ToHaveValueAsync("Too soon?\nAnd this?");
        await Expect(page.Turns()).ToHaveCountAsync(0);
        await page.UnrouteAllAsync(new() { Behavior = Microsoft.Playwright.UnrouteBehavior.IgnoreErrors });
        await page.ReloadAsync();
        await Expect(page.Question()).ToHaveValueAsync("Too soon?\nAnd this?");
        await Expect(page.Turns()).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_stopped_before_its_first_word_can_be_followed_by_another()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("Are you there?");
        await reply.Started.WaitAsync(TestContext.Current.CancellationToken);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/s/"));
        await page.Button("Stop answering").ClickAsync();

        await Expect(page.LastTurn().Locator(".note")).ToHaveTextAsync("You stopped this answer.");
        await Expect(page.Locator("#announcer")).ToHaveTextAsync("You stopped this answer.");
        twin.Next("I am.");
        await page.AskToTheEndAsync("Are you there now?");
        await Expect(page.Turns()).ToHaveCountAsync(2);
        Assert.Empty(window.Faults);
    }
}
