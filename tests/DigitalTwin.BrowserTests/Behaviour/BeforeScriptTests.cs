using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The page before any script, and without.</summary>
public sealed class BeforeScriptTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task Who_the_twin_is_and_what_it_is_stands_there_without_scripts()
    {
        await using var context = await browser.Browser.NewContextAsync(new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();

        await page.GotoAsync(twin.Address.ToString());

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Grace Kim" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Bookbinder in Leeds")).ToBeVisibleAsync();
        await Expect(page.GetByText("Hello, I am Grace.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Suggested questions" }).GetByRole(AriaRole.Button))
            .ToHaveTextAsync(["Where is the workshop?", "How long does a repair take?"]);
        await Expect(page.GetByText("AI twin · answers may be wrong")).ToBeVisibleAsync();
        await Expect(page.Locator("noscript p")).ToHaveTextAsync("To talk to the twin, please switch on JavaScript.");
        await Expect(page.Locator("noscript p")).ToBeVisibleAsync();
        await Expect(page.Button("Send")).ToBeDisabledAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_typed_before_the_script_came_is_kept()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.Context.NewPageAsync();
        var script = new TaskCompletionSource();
        await page.RouteAsync("**/assets/*.js", async route =>
        {
            await script.Task;
            await route.ContinueAsync();
        });

        await page.GotoAsync("/", new() { WaitUntil = WaitUntilState.Commit });
        await page.Question().FillAsync("Typed early");
        script.SetResult();

        await Expect(page.Button("Send")).ToBeEnabledAsync();
        await Expect(page.Question()).ToHaveValueAsync("Typed early");
        Assert.Empty(window.Faults);
    }
}
