using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>A reload or a cut line in the middle of an answer loses nothing and doubles nothing.</summary>
public sealed class ResumeTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task A_reload_in_the_middle_goes_on_and_ends_with_the_whole_answer_once()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("How does it go?");
        reply.Token("One, two");
        await Expect(page.Answer()).ToHaveTextAsync("One, two");
        await page.ReloadAsync();
        await Expect(page.Answer()).ToHaveTextAsync("One, two");
        reply.Token(", three.").Finish().Done();

        await AssertAnsweredOnceAsync(page, "One, two, three.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_cut_before_the_first_word_is_taken_up()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("How does it go?");
        await Expect(page).ToHaveURLAsync(new Regex("/s/"));
        await reply.Started.WaitAsync(TestContext.Current.CancellationToken);
        var resumed = page.WaitForRequestAsync("**/api/chat/turns/*/stream");
        twin.CutLines();
        await resumed;
        reply.Token("One, two, three.").Finish().Done();

        await AssertAnsweredOnceAsync(page, "One, two, three.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_cut_by_the_server_is_taken_up_where_it_was()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("How does it go?");
        reply.Token("One, two");
        await Expect(page.Answer()).ToHaveTextAsync("One, two");
        var resumed = page.WaitForRequestAsync("**/api/chat/turns/*/stream");
        twin.CutLines();
        await resumed;
        reply.Token(", three.").Finish().Done();

        await AssertAnsweredOnceAsync(page, "One, two, three.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_network_that_goes_and_comes_back_is_said_and_survived()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("How does it go?");
        reply.Token("One, two");
        await Expect(page.Answer()).ToHaveTextAsync("One, two");
        await window.Context.SetOfflineAsync(true);
        await Expect(page.Locator("#offline")).ToBeVisibleAsync();
        twin.CutLines();
        await Expect(page.LastTurn().Locator(".progress")).ToContainTextAsync("Trying again…");
        reply.Token(", three.").Finish().Done();
        await window.Context.SetOfflineAsync(false);

        await AssertAnsweredOnceAsync(page, "One, two, three.");
        await Expect(page.Locator("#offline")).ToBeHiddenAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_asked_without_a_network_is_sent_once_when_it_is_back()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("You are.");
        await page.AskToTheEndAsync("Am I here?");

        await window.Context.SetOfflineAsync(true);
        await page.AskAsync("Am I there?");
        await Expect(page.LastTurn().Locator(".progress")).ToContainTextAsync("Trying again…");
        twin.Next("Now you are.");
        await window.Context.SetOfflineAsync(false);
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["You are.", "Now you are."]);
        Assert.Equal(2, (await page.StoredTurnsAsync()).Count);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reload_while_the_question_is_on_its_way_asks_it_once()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var onItsWay = new TaskCompletionSource();
        await page.RouteAsync("**/api/chat/stream", _ => Task.FromResult(onItsWay.TrySetResult()), new() { Times = 1 });

        await page.AskAsync("Did this arrive?");
        await onItsWay.Task.WaitAsync(TestContext.Current.CancellationToken);
        twin.Next("It did.");
        await page.ReloadAsync();

        await AssertAnsweredOnceAsync(page, "It did.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reload_while_the_question_is_being_stored_asks_it_once()
    {
        var table = new HeldTable();
        await using var slow = await ModelTwin.StartAsync(null, table.Register);
        await using var window = await VisitorWindow.OpenAsync(browser, slow.Twin.Address);
        var page = await window.GoAsync();
        slow.Next("Now I know your cookie.");
        await page.AskToTheEndAsync("Do you know me?");
        await page.Button("New conversation").ClickAsync();

        table.HoldNextPut("TURN#");
        await page.AskAsync("Did this arrive?");
        await table.Arrived.WaitAsync(TestContext.Current.CancellationToken);
        slow.Next("It did.");
        await page.ReloadAsync();
        await page.EndAsync();
        table.Release();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["It did."]);
        await page.ReloadAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync(["It did."]);
        Assert.Equal(2, (await page.StoredTurnsAsync()).Count);
        Assert.Empty(window.Faults);
    }

    private static async Task AssertAnsweredOnceAsync(IPage page, string answer)
    {
        await page.EndAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync([answer]);
        Assert.Equal(answer, Assert.Single(await page.StoredTurnsAsync())["answer"]!.GetValue<string>());
        await page.ReloadAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync([answer]);
    }
}
