using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>What somebody hears who does not see the page.</summary>
public sealed class AnnouncementTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    /// <summary>Notes whatever appears in the two live regions.</summary>
    private const string Listen =
        """
        window.heard = [];
        document.addEventListener('DOMContentLoaded', () => {
          for (const id of ['announcer', 'alert']) {
            const region = document.getElementById(id);
            new MutationObserver(() => region.textContent && window.heard.push(id + ': ' + region.textContent))
              .observe(region, { childList: true, characterData: true, subtree: true });
          }
        });
        """;

    [Fact(Timeout = 60_000)]
    public async Task An_answer_is_heard_once_when_it_is_whole()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.Context.AddInitScriptAsync(Listen);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync(ScriptedTwin.Question);
        reply.Token("A full leather binding ");
        await Expect(page.Answer()).ToContainTextAsync("binding");
        await page.WaitForFunctionAsync("() => heard.length > 0");
        reply.Token("costs 180 pounds [1].").Finish().Done();
        await page.EndAsync();
        await page.WaitForFunctionAsync("() => heard.length > 1");

        Assert.Equal(["announcer: Writing…", $"announcer: Grace Kim answered: {Workshop.Answer}"], await page.EvaluateAsync<string[]>("heard"));
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_answer_is_an_alert()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.Context.AddInitScriptAsync(Listen);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("What was it?");
        reply.Token("It was");
        await Expect(page.Answer()).ToHaveTextAsync("It was");
        await page.WaitForFunctionAsync("() => heard.length > 0");
        reply.Cut();
        await Expect(page.Notice()).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => heard.length > 1");

        Assert.Equal(["announcer: Writing…", "alert: The answer broke off here."], await page.EvaluateAsync<string[]>("heard"));
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_conversation_is_a_silent_log_of_labelled_articles()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("One.");
        twin.Next("Two.");

        await page.AskToTheEndAsync("First?");
        await page.AskToTheEndAsync("Second?");

        var log = page.GetByRole(AriaRole.Log, new() { Name = "Conversation" });
        await Expect(log).ToHaveAttributeAsync("aria-live", "off");
        await Expect(log.GetByRole(AriaRole.Article, new() { Name = "Question 1: First?" })).ToContainTextAsync("One.");
        await Expect(log.GetByRole(AriaRole.Article, new() { Name = "Question 2: Second?" })).ToContainTextAsync("Two.");
        await Expect(page.Locator("#announcer")).ToHaveAttributeAsync("aria-live", "polite");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_happens_in_a_panel_is_said_inside_it()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var page = await window.GoAsync();

        await page.Button("What this twin knows about you").ClickAsync();
        await page.Panel().Button("Erase everything").ClickAsync();
        await page.Panel().Button("Erase everything now").ClickAsync();

        await Expect(page.Panel().Locator("[aria-live=polite]")).ToHaveTextAsync("Erased.");
        Assert.Empty(window.Faults);
    }
}
