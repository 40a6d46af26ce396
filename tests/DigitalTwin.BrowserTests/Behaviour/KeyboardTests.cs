using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>Everything goes without a mouse, and the focus is always somewhere.</summary>
public sealed class KeyboardTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task From_loading_to_a_rated_answer_by_keys_alone()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next(ScriptedTwin.Marked);

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync(ScriptedTwin.Question);
        await page.Keyboard.PressAsync("Enter");
        await page.EndAsync();
        await page.Keyboard.PressAsync("F6");
        await Expect(page.LastTurn()).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Button("Source 1: Prices")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel()).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Button("Source 1: Prices")).ToBeFocusedAsync();
        await TabToAsync(page, page.Button("Good answer"));
        await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("Enter"), "**/feedback");
        await Expect(page.Button("Good answer")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("F6");

        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Equal("up", Assert.Single(await page.StoredTurnsAsync())["feedback"]!["rating"]!.GetValue<string>());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_comment_is_given_and_put_aside_by_keys_alone()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("An answer.");
        await page.AskToTheEndAsync("A question?");

        await page.Button("Bad answer").PressAsync("Enter");
        await page.GetByLabel("What could be better?").PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Button("Not now")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Button("Bad answer")).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Conversations_are_deleted_and_everything_is_erased_by_keys_alone()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "One");
        await window.BeKnownAsync(twin, "Two");
        var page = await window.GoAsync();

        await page.Button("Conversations").PressAsync("Enter");
        await Expect(page.Button("Delete “Two”")).ToBeVisibleAsync();
        await TabToAsync(page, page.Button("Delete “Two”"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel().Button("Delete")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel().Locator(".session")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Button("Conversations")).ToBeFocusedAsync();
        await TabToAsync(page, page.Button("What this twin knows about you"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel().Button("Erase everything")).ToBeVisibleAsync();
        await TabToAsync(page, page.Panel().Button("Erase everything"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel().Button("Cancel")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel().Locator(".receipt")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Button("What this twin knows about you")).ToBeFocusedAsync();
        Assert.Empty(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_focus_on_the_stop_button_goes_to_the_field_when_there_is_nothing_left_to_stop(bool isStopped)
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("A long one?");
        reply.Token("It goes");
        await Expect(page.Answer()).ToHaveTextAsync("It goes");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Button("Stop answering")).ToBeFocusedAsync();
        if (isStopped)
        {
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.LastTurn().Locator(".note")).ToHaveTextAsync("You stopped this answer.");
        }
        else
        {
            reply.Token(" on.").Finish().Done();
            await page.EndAsync();
        }

        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Suggestions_asking_again_and_copying_leave_the_focus_on_the_page_by_keys_alone()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("In Leeds.");
        twin.Next("Two weeks.");
        twin.Next("Two weeks, I said.");

        await page.Button("Where is the workshop?").PressAsync("Enter");
        await page.EndAsync();
        await Expect(page.Question()).ToBeFocusedAsync();
        await page.Button("How long does a repair take?").PressAsync("Enter");
        await Expect(page.Turns()).ToHaveCountAsync(2);
        await page.EndAsync();
        await Expect(page.Question()).ToBeFocusedAsync();
        await page.LastTurn().Button("Ask again").PressAsync("Enter");
        await Expect(page.Turns()).ToHaveCountAsync(3);
        await page.EndAsync();
        await Expect(page.Question()).ToBeFocusedAsync();
        await page.LastTurn().Button("Copy").PressAsync("Enter");

        await Expect(page.LastTurn().Button("Copied")).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_drawer_is_searched_left_and_used_to_begin_anew_by_keys_alone()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin, "The old one");
        var page = await window.GoAsync();

        await page.Button("Conversations").PressAsync("Enter");
        await Expect(page.Panel().Locator(".session")).ToBeVisibleAsync();
        await TabToAsync(page, page.GetByLabel("Search conversations"));
        await page.Keyboard.TypeAsync("old");
        await TabToAsync(page, page.Panel().Locator(".session"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.LastTurn()).ToContainTextAsync("The old one");
        await Expect(page.Button("Conversations")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel()).ToBeVisibleAsync();
        await TabToAsync(page, page.Panel().Button("New conversation"));
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#intro")).ToBeVisibleAsync();
        await Expect(page.Button("Conversations")).ToBeFocusedAsync();
        await TabToAsync(page, page.Button("New conversation"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Language_appearance_and_what_is_known_are_reached_by_keys_alone()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var page = await window.GoAsync();

        await page.Button("Conversations").PressAsync("Enter");
        await Expect(page.Panel()).ToBeVisibleAsync();
        await TabToAsync(page, page.GetByLabel("Appearance"));
        await page.Keyboard.TypeAsync("dark");
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(23, 22, 20)");
        await TabToAsync(page, page.GetByLabel("Language"));
        await page.Keyboard.TypeAsync("deu");
        await Expect(page.GetByLabel("Sprache")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Button("Gespräche")).ToBeFocusedAsync();
        await TabToAsync(page, page.Locator("#open-about"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Panel().Button("Alles herunterladen")).ToBeVisibleAsync();
        await TabToAsync(page, page.Panel().Button("Alles herunterladen"));
        await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));

        await Expect(page.Panel().Button("Alles herunterladen")).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("isComposing: true")]
    [InlineData("keyCode: 229")]
    public async Task Enter_chooses_a_word_while_an_input_method_composes_it(string sign)
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();

        await page.Question().FillAsync("製本");
        await page.Question().EvaluateAsync($"field => field.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, cancelable: true, {sign} }}))");

        await Expect(page.Question()).ToHaveValueAsync("製本");
        await Expect(page.Turns()).ToHaveCountAsync(0);
        twin.Next("はい。");
        await page.Question().PressAsync("Enter");
        await page.EndAsync();
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Shift_and_Enter_makes_a_new_line()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("Both.");

        await page.Question().PressSequentiallyAsync("One");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("Two");
        await Expect(page.Question()).ToHaveValueAsync("One\nTwo");
        await page.Keyboard.PressAsync("Enter");
        await page.EndAsync();

        Assert.Equal("One\nTwo", Assert.Single(await page.StoredTurnsAsync())["question"]!.GetValue<string>());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Enter_while_an_answer_is_written_neither_sends_nor_stops()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("A long one?");
        reply.Token("It goes");
        await Expect(page.Answer()).ToHaveTextAsync("It goes");
        await page.Question().FillAsync("And then?");
        await page.Question().PressAsync("Enter");
        reply.Token(" on.").Finish().Done();
        await page.EndAsync();

        await Expect(page.Question()).ToHaveValueAsync("And then?");
        await Expect(page.Locator(".answer")).ToHaveTextAsync(["It goes on."]);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task On_a_touch_screen_a_suggestion_leads_to_the_turn_and_not_to_the_keyboard()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address, Device.Phone);
        var page = await window.GoAsync();
        twin.Next("In Leeds.");

        await page.Button("Where is the workshop?").TapAsync();
        await page.EndAsync();

        await Expect(page.LastTurn()).ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/s/"));
        Assert.Empty(window.Faults);
    }

    private static async Task TabToAsync(IPage page, ILocator target)
    {
        for (var steps = 0; steps < 30; steps++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail("Tab does not reach " + target);
    }
}
