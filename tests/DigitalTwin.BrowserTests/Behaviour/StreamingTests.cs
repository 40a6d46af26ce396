using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>How an answer comes, and what stands there when it is whole.</summary>
public sealed class StreamingTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task An_answer_appears_as_its_words_come()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("What do you bind?");
        reply.Token("Mostly");
        await Expect(page.Answer()).ToHaveTextAsync("Mostly");
        reply.Token(" old");
        await Expect(page.Answer()).ToHaveTextAsync("Mostly old");
        await Expect(page.LastTurn()).ToHaveAttributeAsync("aria-busy", "true");
        reply.Token(" books.").Finish().Done();

        await page.EndAsync();
        await Expect(page.Answer()).ToHaveTextAsync("Mostly old books.");
        await Expect(page).ToHaveURLAsync(new Regex("/s/[^/]+$"));
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_marker_becomes_a_source_that_opens_with_its_title_and_its_words()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync(ScriptedTwin.Question);
        reply.Token(ScriptedTwin.Marked);
        await Expect(page.Answer().Locator("span.chip.waiting")).ToHaveTextAsync("1");
        reply.Finish().Done();
        await page.GetByRole(AriaRole.Button, new() { Name = "Source 1: Prices" }).ClickAsync();

        await Expect(page.Panel().Locator("[aria-current]")).ToContainTextAsync("Prices");
        await Expect(page.Panel().GetByRole(AriaRole.Blockquote)).ToHaveTextAsync(Workshop.Answer);
        await Expect(page.Locator("span.chip.waiting")).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_suggestion_under_the_answer_is_asked_and_stands_near_the_top()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("Yes, since 1998.");
        twin.Next("Two weeks.");

        await page.AskToTheEndAsync("Do you bind books?");
        await page.Button("How long does a repair take?").ClickAsync();
        await page.EndAsync();

        await Expect(page.Turns()).ToHaveCountAsync(2);
        await Expect(page.LastTurn().Locator(".question p")).ToHaveTextAsync("How long does a repair take?");
        await Expect(page.Answer()).ToHaveTextAsync("Two weeks.");
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.InRange(await page.LastTurn().TopAsync(), 0, 120);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_suggestion_of_the_empty_page_is_asked()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("In Leeds.");

        await page.Button("Where is the workshop?").ClickAsync();
        await page.EndAsync();

        await Expect(page.Answer()).ToHaveTextAsync("In Leeds.");
        await Expect(page.Locator("#intro")).ToBeHiddenAsync();
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_finished_answer_stands_with_its_table_its_code_and_its_list()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next(
            "## Prices\n\n| Binding | Pounds |\n|:--", "-|---:|\n| Leather | **180** |\n| Cloth | 60 |\n\n",
            "1. Fold\n2. Sew\n   - with linen\n\n``", "`js\nconst a = '<b>';\n```\n\nThat is *all*.");

        await page.AskToTheEndAsync("Show me everything.");

        var answer = page.Answer();
        await Expect(answer.GetByRole(AriaRole.Heading, new() { Name = "Prices" })).ToBeVisibleAsync();
        await Expect(answer.GetByRole(AriaRole.Columnheader)).ToHaveTextAsync(["Binding", "Pounds"]);
        await Expect(answer.GetByRole(AriaRole.Cell)).ToHaveTextAsync(["Leather", "180", "Cloth", "60"]);
        await Expect(answer.Locator("ol > li")).ToHaveCountAsync(2);
        await Expect(answer.Locator("ol > li > ul > li")).ToHaveTextAsync("with linen");
        await Expect(answer.Locator("pre code")).ToHaveTextAsync("const a = '<b>';");
        await Expect(answer.Locator("td strong")).ToHaveTextAsync("180");
        await Expect(answer.Locator("p em")).ToHaveTextAsync("all");
        Assert.Empty(window.Faults);
    }
}
