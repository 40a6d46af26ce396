using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>What the twin knows about the visitor: to see, to take along, to erase.</summary>
public sealed class AboutYouTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    private const string Open = "What this twin knows about you";

    [Fact(Timeout = 60_000)]
    public async Task Somebody_who_asked_nothing_is_told_that_nothing_is_known()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();

        await page.Button(Open).ClickAsync();

        await Expect(page.Panel()).ToContainTextAsync("Nothing so far.");
        await Expect(page.Panel().Button("Erase everything")).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Conversations_questions_and_ratings_are_counted()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        await window.AddPastAsync(twin.Twin, "Earlier", turns: 3);
        var page = await window.GoAsync();
        twin.Next("An answer.");
        await page.AskToTheEndAsync("A question?");
        await page.RunAndWaitForResponseAsync(() => page.LastTurn().Button("Good answer").ClickAsync(), "**/feedback");

        await page.Button(Open).ClickAsync();

        await Expect(page.Panel().Locator("dt")).ToHaveTextAsync(["Conversations", "Questions and answers", "Ratings you gave", "First question", "Kept until"]);
        await Expect(page.Panel().Locator("dd").Nth(0)).ToHaveTextAsync("3");
        await Expect(page.Panel().Locator("dd").Nth(1)).ToHaveTextAsync("5");
        await Expect(page.Panel().Locator("dd").Nth(2)).ToHaveTextAsync("1");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Everything_can_be_downloaded()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var page = await window.GoAsync();

        await page.Button(Open).ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Panel().Button("Download everything").ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        var downloaded = await JsonNode.ParseAsync(stream, cancellationToken: TestContext.Current.CancellationToken);

        var export = await page.ApiAsync("/api/memory/export");
        Assert.Equal("my-conversations.json", download.SuggestedFilename);
        Assert.True(JsonNode.DeepEquals(export["sessions"], downloaded!["sessions"]));
        Assert.Equal(export["visitorId"]!.GetValue<string>(), downloaded["visitorId"]!.GetValue<string>());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Erasing_asks_first_gives_a_receipt_and_reaches_the_other_tab()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var page = await window.GoAsync();
        var other = await window.GoAsync();
        twin.Next("An answer.");
        await other.AskToTheEndAsync("Erase me?");

        await page.BringToFrontAsync();
        await page.Button(Open).ClickAsync();
        await page.Panel().Button("Erase everything").ClickAsync();
        await Expect(page.Panel().Button("Cancel")).ToBeFocusedAsync();
        await page.Panel().Button("Cancel").ClickAsync();
        await Expect(page.Panel().Button("Erase everything")).ToBeFocusedAsync();
        Assert.Equal(2, (await page.StoredTurnsAsync()).Count);
        await page.Panel().Button("Erase everything").ClickAsync();
        await page.Panel().Button("Erase everything now").ClickAsync();

        await Expect(page.Panel().Locator(".receipt")).ToHaveTextAsync(new Regex("Erased\\. Receipt e-\\S+: 2 conversations and 2 questions erased on "));
        await Expect(page.Panel().Locator(".receipt")).ToBeFocusedAsync();
        await Expect(other.Turns()).ToHaveCountAsync(0);
        await Expect(other).ToHaveURLAsync(new Regex("[0-9]/$"));
        Assert.Empty(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_erasure_that_failed_is_said_where_it_was_asked_for()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var page = await window.GoAsync();
        await page.RouteAsync("**/api/memory", route => route.FulfillAsync(PageExtensions.Problem(503, "upstream_unavailable")));

        await page.Button(Open).ClickAsync();
        await page.Panel().Button("Erase everything").ClickAsync();
        await page.Panel().Button("Erase everything now").ClickAsync();

        await Expect(page.Panel().GetByRole(AriaRole.Alert)).ToHaveTextAsync("That did not work. Please try again.");
        await Expect(page.Panel().GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(page.Panel().Button("Erase everything now")).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }
}
