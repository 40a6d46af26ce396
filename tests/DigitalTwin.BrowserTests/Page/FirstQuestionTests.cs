using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Page;

/// <summary>What every visitor does first.</summary>
public sealed class FirstQuestionTests(BrowserFixture browser)
{
    [Fact]
    public async Task A_question_gets_an_answer_with_a_source_that_opens()
    {
        await using var twin = TwinFixture.Start();
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();

        await page.GetByLabel("Your question").FillAsync("When were you born?");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".answer")).ToContainTextAsync("10 December 1815");
        await page.GetByRole(AriaRole.Button, new() { Name = "Source 1" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("10 December 1815");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/s/[^/]+$"));
        Assert.Empty(window.Faults);
    }
}
