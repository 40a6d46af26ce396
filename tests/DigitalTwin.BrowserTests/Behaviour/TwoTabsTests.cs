using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>One conversation in two tabs.</summary>
public sealed class TwoTabsTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task The_second_tab_follows_what_is_asked_in_the_first()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var (first, second) = await OpenTwiceAsync(window);
        var reply = twin.NextIsGated();

        await first.BringToFrontAsync();
        await first.AskAsync("And now?");
        reply.Token("Now it");
        await Expect(second.Turns()).ToHaveCountAsync(2);
        await Expect(second.Button("Stop answering")).ToBeVisibleAsync();
        reply.Token(" is whole.").Finish().Done();
        await first.EndAsync();
        await second.BringToFrontAsync();
        await second.EndAsync();

        await Expect(first.Locator(".answer")).ToHaveTextAsync(["Begun.", "Now it is whole."]);
        await Expect(second.Locator(".answer")).ToHaveTextAsync(["Begun.", "Now it is whole."]);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_that_meets_the_other_tabs_answer_comes_back_with_the_reason()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);

        // Without their channel the tabs do not hear each other in time.
        await window.Context.AddInitScriptAsync("delete globalThis.BroadcastChannel");
        var (first, second) = await OpenTwiceAsync(window);
        var reply = twin.NextIsGated();

        await first.AskAsync("And now?");
        await reply.Started.WaitAsync(TestContext.Current.CancellationToken);
        await second.BringToFrontAsync();
        await second.Question().FillAsync("May I?");
        await second.Question().PressAsync("Enter");

        await Expect(second.Question()).ToHaveValueAsync("May I?");
        await Expect(second.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The twin is still answering in another window. Your question is back in the field.");
        await Expect(second.Turns()).ToHaveCountAsync(2);
        reply.Token("Whole.").Finish().Done();
        await second.EndAsync();
        await Expect(second.Locator(".answer")).ToHaveTextAsync(["Begun.", "Whole."]);
        Assert.Equal(2, (await second.StoredTurnsAsync()).Count);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conversation_deleted_in_one_tab_leaves_the_other()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var (first, second) = await OpenTwiceAsync(window);

        await first.BringToFrontAsync();
        await first.Button("Conversations").ClickAsync();
        await first.Button("Delete “Begin?”").ClickAsync();
        await first.Panel().Button("Delete").ClickAsync();

        await Expect(second.Turns()).ToHaveCountAsync(0);
        await Expect(second).ToHaveURLAsync(new Regex("[0-9]/$"));
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_question_stays_where_it_was_asked_when_the_other_tab_goes_on()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var (first, second) = await OpenTwiceAsync(window);

        await second.RefuseQuestionsAsync(429, "rate_limited", "30");
        await second.AskAsync("Refused?");
        await Expect(second.Notice()).ToContainTextAsync("You can ask again in");
        await second.UnrouteAllAsync();
        twin.Next("Two.");
        await second.AskToTheEndAsync("Second?");
        twin.Next("Three.");
        await first.BringToFrontAsync();
        await first.AskToTheEndAsync("Third?");

        await Expect(second.Turns().Locator(".question p")).ToHaveTextAsync(["Begin?", "Refused?", "Second?", "Third?"]);
        Assert.Empty(window.Faults);
    }

    private async Task<(IPage First, IPage Second)> OpenTwiceAsync(VisitorWindow window)
    {
        var first = await window.GoAsync();
        twin.Next("Begun.");
        await first.AskToTheEndAsync("Begin?");
        var second = await window.GoAsync(new Uri(first.Url).AbsolutePath);
        await Expect(second.Turns()).ToHaveCountAsync(1);
        return (first, second);
    }
}
