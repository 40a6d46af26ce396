using System.Text.RegularExpressions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The page's address names the conversation; Back and Forward go between conversations.</summary>
public sealed class AddressTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task A_conversation_has_an_address_that_opens_it()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next(ScriptedTwin.Marked);

        await page.AskToTheEndAsync(ScriptedTwin.Question);
        var other = await window.GoAsync(new Uri(page.Url).AbsolutePath);

        await Expect(other.Answer()).ToContainTextAsync("180 pounds");
        await Expect(other.Button("Source 1: Prices")).ToBeVisibleAsync();
        await Expect(other.Locator("#intro")).ToBeHiddenAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Somebody_elses_conversation_and_a_missing_one_look_the_same()
    {
        await using var owner = await VisitorWindow.OpenAsync(browser, twin.Address);
        await using var stranger = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await owner.GoAsync();
        twin.Next("A secret.");
        await page.AskToTheEndAsync("What is the secret?");

        var foreign = await stranger.GoAsync(new Uri(page.Url).AbsolutePath);
        await Expect(foreign.Locator("main h2")).ToHaveTextAsync("This conversation does not exist, or it is not yours.");
        var missing = await stranger.GoAsync("/s/s-missing");
        await Expect(missing.Locator("main h2")).ToHaveTextAsync("This conversation does not exist, or it is not yours.");
        Assert.Equal(await foreign.Locator("#conversation").InnerTextAsync(), await missing.Locator("#conversation").InnerTextAsync());
        await missing.Locator("main").Button("New conversation").ClickAsync();

        await Expect(missing.Locator("#intro")).ToBeVisibleAsync();
        await Expect(missing.Question()).ToBeFocusedAsync();
        Assert.Empty(stranger.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Back_and_forward_go_between_conversations()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("One.");
        await page.AskToTheEndAsync("First?");
        await page.Button("New conversation").ClickAsync();
        twin.Next("Two.");
        await page.AskToTheEndAsync("Second?");

        await page.GoBackAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync(["One."]);
        await page.GoForwardAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["Two."]);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Leaving_a_running_answer_and_coming_back_finds_it_going_on()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("A long one?");
        reply.Token("It begins");
        await Expect(page.Answer()).ToHaveTextAsync("It begins");
        await page.Button("New conversation").ClickAsync();
        await Expect(page.Button("Stop answering")).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(page.Answer()).ToHaveTextAsync("It begins");
        reply.Token(" and ends.").Finish().Done();

        await page.EndAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync(["It begins and ends."]);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_link_to_the_question_field_leaves_the_conversation_as_it_is()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("An answer.");
        await page.AskToTheEndAsync("A question?");
        var asked = 0;
        page.Request += (_, _) => asked++;

        await page.Locator(".skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("#question$"));

        await Expect(page.Question()).ToBeFocusedAsync();
        await Expect(page.Turns()).ToHaveCountAsync(1);
        Assert.Equal(0, asked);
        Assert.Empty(window.Faults);
    }
}
