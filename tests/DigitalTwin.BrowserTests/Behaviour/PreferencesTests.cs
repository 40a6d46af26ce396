using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>Language and appearance, as the browser wants them or as the visitor chose.</summary>
public sealed class PreferencesTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task A_German_browser_gets_a_German_page()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address, locale: "de-AT");
        var page = await window.GoAsync();

        await Expect(page.GetByLabel("Ihre Frage")).ToHaveAttributeAsync("placeholder", "Fragen Sie Grace Kim");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Expect(page.GetByText("KI-Zwilling · Antworten können falsch sein")).ToBeVisibleAsync();
        await Expect(page.Button("Gespräche")).ToBeVisibleAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_language_of_the_visitors_choice_is_remembered()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();
        await page.GetByLabel("Language").SelectOptionAsync("de");
        await Expect(page.Panel().GetByRole(AriaRole.Heading, new() { Name = "Gespräche" })).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Button("Gespräche")).ToBeVisibleAsync();
        await page.Button("Gespräche").ClickAsync();
        await page.GetByLabel("Sprache").SelectOptionAsync("en");
        await page.ReloadAsync();

        await Expect(page.Button("Conversations")).ToBeVisibleAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_appearance_of_the_visitors_choice_is_remembered()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();

        await page.Button("Conversations").ClickAsync();
        await page.GetByLabel("Appearance").SelectOptionAsync("dark");
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(23, 22, 20)");
        await page.ReloadAsync();
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(23, 22, 20)");
        await page.Button("Conversations").ClickAsync();
        await page.GetByLabel("Appearance").SelectOptionAsync("auto");

        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(251, 250, 248)");
        Assert.Empty(window.Faults);
    }
}
