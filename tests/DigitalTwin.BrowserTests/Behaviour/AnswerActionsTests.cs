using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>What stands under a finished answer: copy, rate, ask again.</summary>
public sealed class AnswerActionsTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task Asking_again_gets_a_second_answer_and_keeps_the_first()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("The first.");
        twin.Next("The second.");

        await page.AskToTheEndAsync("Which answer is it?");
        await page.LastTurn().Button("Ask again").ClickAsync();
        await Expect(page.Turns()).ToHaveCountAsync(2);
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["The first.", "The second."]);
        await Expect(page.Button("Ask again")).ToHaveCountAsync(1);
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Equal(2, (await page.StoredTurnsAsync()).Count);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Copying_takes_the_answer_with_its_sources()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next(ScriptedTwin.Marked);

        await page.AskToTheEndAsync(ScriptedTwin.Question);
        await page.LastTurn().Button("Copy").ClickAsync();
        await Expect(page.LastTurn().Button("Copied")).ToBeVisibleAsync();

        var copied = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.StartsWith(ScriptedTwin.Marked + "\n\n[1] Prices", copied, StringComparison.Ordinal);
        Assert.EndsWith($": “{Workshop.Answer}”", copied, StringComparison.Ordinal);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Copying_code_takes_the_code_only()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("Like this:\n\n```sh\nfold --in 4\nsew\n```\n");

        await page.AskToTheEndAsync("How?");
        await page.Answer().Button("Copy code").ClickAsync();
        await Expect(page.Answer().Button("Copied")).ToBeVisibleAsync();

        Assert.Equal("fold --in 4\nsew", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_rating_with_a_comment_is_stored_and_stands_after_a_reload()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("Somewhere.");

        await page.AskToTheEndAsync("Where is it?");
        await page.LastTurn().Button("Bad answer").ClickAsync();
        await Expect(page.GetByLabel("What could be better?")).ToBeFocusedAsync();
        await page.GetByLabel("What could be better?").FillAsync("Say where.");
        await page.Locator(".comment").Button("Send").ClickAsync();
        await Expect(page.Locator(".comment")).ToHaveCountAsync(0);
        await page.ReloadAsync();

        await Expect(page.LastTurn().Button("Bad answer")).ToHaveAttributeAsync("aria-pressed", "true");
        var feedback = Assert.Single(await page.StoredTurnsAsync())["feedback"]!;
        Assert.Equal(("down", "Say where."), (feedback["rating"]!.GetValue<string>(), feedback["comment"]!.GetValue<string>()));
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_rating_can_be_changed_and_needs_no_comment()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("In Leeds.");

        await page.AskToTheEndAsync("Where is it?");
        await page.LastTurn().Button("Bad answer").ClickAsync();
        await page.Locator(".comment").Button("Not now").ClickAsync();
        await page.RunAndWaitForResponseAsync(() => page.LastTurn().Button("Good answer").ClickAsync(), "**/feedback");

        await Expect(page.LastTurn().Button("Good answer")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.LastTurn().Button("Bad answer")).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Equal("up", Assert.Single(await page.StoredTurnsAsync())["feedback"]!["rating"]!.GetValue<string>());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_rating_that_did_not_arrive_is_taken_back_and_said_so()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("In Leeds.");

        await page.AskToTheEndAsync("Where is it?");
        await page.RouteAsync("**/feedback", route => route.FulfillAsync(PageExtensions.Problem(500, "internal")));
        await page.LastTurn().Button("Good answer").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert).GetByText("That did not work. Please try again.")).ToBeAttachedAsync();
        await Expect(page.LastTurn().Button("Good answer")).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Empty(window.Faults);
    }
}
