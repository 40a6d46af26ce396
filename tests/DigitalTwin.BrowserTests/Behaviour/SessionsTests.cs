using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The drawer with the visitor's conversations.</summary>
public sealed class SessionsTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task Conversations_stand_under_the_day_of_their_last_question()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "Asked today");
        await window.AddPastAsync(twin.Twin, "Asked yesterday", turns: 2, ago: TimeSpan.FromDays(1));
        await window.AddPastAsync(twin.Twin, "Asked this week", ago: TimeSpan.FromDays(4));
        await window.AddPastAsync(twin.Twin, "Asked long ago", ago: TimeSpan.FromDays(40));
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();

        await Expect(page.Panel().Locator("section h3")).ToHaveTextAsync(["Today", "Yesterday", "The last 7 days", "Earlier"]);
        await Expect(page.Panel().Locator(".session-title")).ToHaveTextAsync(["Asked today", "Asked yesterday 1", "Asked this week", "Asked long ago"]);
        await Expect(page.Panel().Locator(".session-meta").Nth(1)).ToContainTextAsync("2 questions");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conversation_opens_and_a_new_one_begins_from_the_drawer()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "The old one");
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();
        await page.Panel().Locator(".session").ClickAsync();
        await Expect(page.LastTurn()).ToContainTextAsync("The old one");
        await page.Button("Conversations").ClickAsync();
        await Expect(page.Panel().Locator(".session")).ToHaveAttributeAsync("aria-current", "true");
        await page.Panel().Button("New conversation").ClickAsync();

        await Expect(page.Locator("#intro")).ToBeVisibleAsync();
        await Expect(page.Turns()).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex("[0-9]/$"));
        twin.Next("A new answer.");
        await page.AskToTheEndAsync("The new one");
        Assert.Equal(2, (await page.ApiAsync("/api/memory/sessions"))["items"]!.AsArray().Count);
        Assert.Empty(window.Faults);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("cafe ZURICH", "Which café in Zürich?")]
    [InlineData("straße", "Die STRASSE heißt Straße")]
    [InlineData("  leeds ", "Where in Leeds?")]
    public async Task The_search_finds_words_whatever_their_case_and_accents(string wanted, string found)
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "Which café in Zürich?");
        await window.BeKnownAsync(twin, "Die STRASSE heißt Straße");
        await window.BeKnownAsync(twin, "Where in Leeds?");
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();
        await page.GetByLabel("Search conversations").FillAsync(wanted);

        await Expect(page.Panel().Locator(".session-title")).ToHaveTextAsync([found]);
        await page.GetByLabel("Search conversations").FillAsync("nothing like it");
        await Expect(page.Panel().GetByText("Nothing found.")).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleting_asks_first_and_then_takes_the_conversation_off_the_server()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "Keep me");
        await window.BeKnownAsync(twin, "Delete me");
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();
        await page.Button("Delete “Delete me”").ClickAsync();
        await page.Panel().Button("Cancel").ClickAsync();
        await Expect(page.Button("Delete “Delete me”")).ToBeFocusedAsync();
        await page.Button("Delete “Delete me”").ClickAsync();
        await page.Panel().Button("Delete").ClickAsync();

        await Expect(page.Panel().Locator(".session-title")).ToHaveTextAsync(["Keep me"]);
        await Expect(page.Panel().Locator(".session")).ToBeFocusedAsync();
        Assert.Equal("Keep me", Assert.Single((await page.ApiAsync("/api/memory/sessions"))["items"]!.AsArray())!["title"]!.GetValue<string>());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleting_the_open_conversation_leaves_an_empty_page_that_can_be_asked()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("An answer.");

        await page.AskToTheEndAsync("Delete me");
        await page.Button("Conversations").ClickAsync();
        await page.Button("Delete “Delete me”").ClickAsync();
        await page.Panel().Button("Delete").ClickAsync();
        await Expect(page.Panel().GetByText("No conversations yet.")).ToBeVisibleAsync();
        await Expect(page.Locator("#panel-title")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Locator("#intro")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("[0-9]/$"));
        twin.Next("Another answer.");
        await page.AskToTheEndAsync("And now?");
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Typing_in_the_search_is_not_disturbed_by_a_question_whether_to_delete()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "Delete me");
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();
        await page.Button("Delete “Delete me”").ClickAsync();
        await page.GetByLabel("Search conversations").ClickAsync();
        await page.Keyboard.TypeAsync("dele");

        await Expect(page.GetByLabel("Search conversations")).ToHaveValueAsync("dele");
        await Expect(page.GetByLabel("Search conversations")).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conversation_that_cannot_be_deleted_stays_and_the_panel_says_so()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "Delete me");
        var page = await window.GoAsync();
        await page.RouteAsync("**/api/memory/sessions/*", route => route.FulfillAsync(PageExtensions.Problem(500, "internal")));

        await page.Button("Conversations").ClickAsync();
        await page.Button("Delete “Delete me”").ClickAsync();
        await page.Panel().Button("Delete").ClickAsync();

        await Expect(page.Panel().GetByRole(AriaRole.Alert)).ToHaveTextAsync("That did not work. Please try again.");
        await Expect(page.Panel().GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }
}
