using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>What a visitor sees on the page and does there, in one line each.</summary>
internal static class PageExtensions
{
    public static ILocator Question(this IPage page) => page.Locator("#question");

    public static ILocator Turns(this IPage page) => page.Locator("#log > article");

    public static ILocator LastTurn(this IPage page) => page.Turns().Last;

    /// <summary>The text of the last turn's answer.</summary>
    public static ILocator Answer(this IPage page) => page.LastTurn().Locator(".answer");

    public static ILocator Notice(this IPage page) => page.LastTurn().Locator(".notice");

    public static ILocator Panel(this IPage page) => page.GetByRole(AriaRole.Dialog);

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Button(this ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Writes the question and sends it by Enter.</summary>
    public static async Task AskAsync(this IPage page, string question)
    {
        await page.Question().FillAsync(question);
        await page.Question().PressAsync("Enter");
        await Expect(page.LastTurn().Locator(".question p")).ToHaveTextAsync(question);
    }

    /// <summary>Asks and waits for the whole answer.</summary>
    public static async Task AskToTheEndAsync(this IPage page, string question)
    {
        await page.AskAsync(question);
        await page.EndAsync();
    }

    /// <summary>Waits until the last turn is answered and nothing runs.</summary>
    public static async Task EndAsync(this IPage page)
    {
        await Expect(page.LastTurn()).ToHaveAttributeAsync("aria-busy", "false");
        await Expect(page.LastTurn().Button("Copy")).ToBeVisibleAsync();
    }

    /// <summary>What the API tells this page's visitor.</summary>
    public static async Task<JsonObject> ApiAsync(this IPage page, string path)
    {
        var response = await page.APIRequest.GetAsync(path);
        return JsonNode.Parse(await response.TextAsync())!.AsObject();
    }

    /// <summary>All turns that the server keeps of this page's visitor.</summary>
    public static async Task<IReadOnlyList<JsonObject>> StoredTurnsAsync(this IPage page)
    {
        var export = await page.ApiAsync("/api/memory/export");
        return [.. export["sessions"]!.AsArray().SelectMany(session => session!["turns"]!.AsArray()).Select(turn => turn!.AsObject())];
    }

    /// <summary>Answers requests to ask with a problem instead of the server.</summary>
    public static Task RefuseQuestionsAsync(this IPage page, int status, string code, string? retryAfter = null) =>
        page.RouteAsync("**/api/chat/stream", route => route.FulfillAsync(Problem(status, code, retryAfter)));

    public static RouteFulfillOptions Problem(int status, string code, string? retryAfter = null) => new()
    {
        Status = status,
        ContentType = "application/problem+json",
        Headers = retryAfter is null ? null : [new("Content-Type", "application/problem+json"), new("Retry-After", retryAfter)],
        Body = new JsonObject { ["status"] = status, ["title"] = "Refused", ["code"] = code, ["detail"] = "As the test wants it." }.ToJsonString(),
    };

    /// <summary>How far the page is scrolled, in pixels.</summary>
    public static Task<double> ScrollTopAsync(this IPage page) => page.EvaluateAsync<double>("scrollY");

    /// <summary>The element's distance from the window's upper edge, in pixels.</summary>
    public static async Task<double> TopAsync(this ILocator element) => (await element.BoundingBoxAsync())!.Y;
}
