using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>Every way in which a question can fail has a face, and a way on.</summary>
public sealed class ProblemTests(BrowserFixture browser, ScriptedTwin twin) : IClassFixture<ScriptedTwin>
{
    [Fact(Timeout = 60_000)]
    public async Task A_visitor_who_was_too_quick_sees_the_seconds_run_and_may_then_ask_again()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.Context.NewPageAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync("/");
        await page.RefuseQuestionsAsync(429, "rate_limited", "30");

        await page.AskAsync("Too quick?");
        await Expect(page.Notice()).ToContainTextAsync("That was quick. You can ask again in");
        await Expect(page.Notice().Button("Try again")).ToBeDisabledAsync();
        await page.Clock.FastForwardAsync(31_000);
        await Expect(page.Notice()).ToContainTextAsync("You can ask again now.");
        await page.UnrouteAllAsync();
        twin.Next("Not any more.");
        await page.Notice().Button("Try again").ClickAsync();
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["Not any more."]);
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_exhausted_budget_says_when_to_come_back()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RefuseQuestionsAsync(429, "budget_exhausted");

        await page.AskAsync("One more?");

        await Expect(page.Notice()).ToHaveTextAsync("The twin has said all it may for today. Please come back tomorrow.");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The twin has said all it may for today. Please come back tomorrow.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_upstream_that_stays_away_is_tried_a_few_times_and_then_told()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var tries = 0;
        await page.RouteAsync("**/api/chat/stream", route =>
        {
            tries++;
            return route.FulfillAsync(PageExtensions.Problem(503, "upstream_unavailable"));
        });

        await page.AskAsync("Are you up?");
        await Expect(page.Notice()).ToContainTextAsync("The twin cannot answer just now. Nothing was lost", new() { Timeout = 15_000 });
        Assert.Equal(4, tries);
        await page.UnrouteAllAsync();
        twin.Next("I am.");
        await page.Notice().Button("Try again").ClickAsync();
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["I am."]);
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(502, "internal")]
    [InlineData(503, "upstream_unavailable")]
    public async Task A_server_in_trouble_for_a_moment_is_asked_once_more_under_the_same_name(int status, string code)
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var names = new List<string>();
        page.Request += (_, request) => names.AddRange(request.Url.EndsWith("/api/chat/stream", StringComparison.Ordinal) ? [request.PostData!] : []);
        await page.RouteAsync("**/api/chat/stream", route => route.FulfillAsync(PageExtensions.Problem(status, code)), new() { Times = 1 });
        twin.Next("Here I am.");

        await page.AskToTheEndAsync("Are you up?");

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["Here I am."]);
        Assert.Equal(2, names.Count);
        Assert.Single(names.Distinct());
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fault_of_the_server_is_told_at_once_and_leaves_it_to_the_visitor_to_try_again()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RefuseQuestionsAsync(500, "internal");

        await page.AskAsync("Are you well?");
        await Expect(page.Notice()).ToContainTextAsync("The twin cannot answer just now. Nothing was lost");
        await page.UnrouteAllAsync();
        twin.Next("I am.");
        await page.Notice().Button("Try again").PressAsync("Enter");
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["I am."]);
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_that_is_no_problem_document_is_said_all_the_same()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RouteAsync("**/api/chat/stream", route => route.FulfillAsync(new() { Status = 403, ContentType = "application/json", Body = "{\"code\":" }));

        await page.AskAsync("May I?");

        await Expect(page.Notice().Button("Try again")).ToBeVisibleAsync();
        await Expect(page.Notice()).Not.ToContainTextAsync("undefined");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_with_words_that_are_no_JSON_is_read_again_and_whole()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RouteAsync(
            "**/api/chat/stream",
            route => route.FulfillAsync(new() { ContentType = "text/event-stream", Body = "id: 1.0\ndata: {\"type\":\"start\n\n" }),
            new() { Times = 1 });
        twin.Next("Whole.");

        await page.AskToTheEndAsync("Is it whole?");

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["Whole."]);
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_that_is_too_large_for_the_server_comes_back_into_the_field()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RefuseQuestionsAsync(413, "payload_too_large");

        await page.Question().FillAsync("Too large?");
        await page.Question().PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This question cannot be sent like this. It is back in the field.");
        await Expect(page.Question()).ToHaveValueAsync("Too large?");
        await Expect(page.Turns()).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conversation_that_is_gone_lets_the_visitor_begin_anew()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        twin.Next("For now.");
        await page.AskToTheEndAsync("Is this kept?");
        await page.APIRequest.DeleteAsync("/api/memory/sessions/" + new Uri(page.Url).Segments[^1]);

        await page.AskAsync("And still?");
        await Expect(page.Notice()).ToContainTextAsync("This conversation is no longer here.");
        await page.Notice().Button("New conversation").ClickAsync();

        await Expect(page.Locator("#intro")).ToBeVisibleAsync();
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_answer_keeps_its_words_and_can_be_asked_again()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var reply = twin.NextIsGated();

        await page.AskAsync("What was it?");
        reply.Token("It was a dark");
        await Expect(page.Answer()).ToHaveTextAsync("It was a dark");
        reply.Cut();
        await Expect(page.Notice()).ToContainTextAsync("The answer broke off here.");
        await Expect(page.Answer()).ToHaveTextAsync("It was a dark");
        twin.Next("It was a dark night.");
        await page.Notice().Button("Ask again").ClickAsync();
        await Expect(page.Turns()).ToHaveCountAsync(2);
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["It was a dark", "It was a dark night."]);
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_empty_answer_is_said_to_be_one()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.RouteAsync("**/api/chat/stream", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = """
                data: {"type":"start","messageId":"s-1.1"}

                data: {"type":"data-turn","data":{"turnId":"s-1.1","sessionId":"s-1","sequence":1,"createdAt":"2030-01-01T12:00:00Z"}}

                data: {"type":"finish","messageMetadata":{"status":"answered","agent":"twin","engine":null}}

                data: [DONE]


                """,
        }));

        await page.AskAsync("Nothing?");

        await Expect(page.LastTurn().Locator(".note")).ToHaveTextAsync("There was no answer.");
        await Expect(page.Locator("#announcer")).ToHaveTextAsync("There was no answer.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_of_4001_characters_cannot_be_sent_and_4000_can()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();

        await page.Question().FillAsync(new string('x', 4001));
        await Expect(page.Locator("#counter")).ToHaveTextAsync("1 character too many");
        await Expect(page.Button("Send")).ToBeDisabledAsync();
        await page.Question().PressAsync("Enter");
        await Expect(page.Turns()).ToHaveCountAsync(0);
        twin.Next("Long.");
        await page.AskToTheEndAsync(new string('x', 4000));

        await Expect(page.Answer()).ToHaveTextAsync("Long.");
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_cannot_show_the_conversation_can_be_tried_again()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        await window.BeKnownAsync(twin);
        var id = await window.AddPastAsync(twin.Twin, "Earlier");
        var page = await window.Context.NewPageAsync();
        await page.RouteAsync("**/api/memory/sessions/*", route => route.FulfillAsync(PageExtensions.Problem(503, "upstream_unavailable")));

        await page.GotoAsync("/s/" + id);
        await Expect(page.Locator("main h2")).ToHaveTextAsync("The twin cannot be reached.");
        await page.UnrouteAllAsync();
        await page.Button("Try again").ClickAsync();

        await Expect(page.LastTurn()).ToContainTextAsync("This is answer 1.");
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }
}
