using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Quality;

/// <param name="Name">As a file is called.</param>
/// <param name="Text">Something that a visitor reads in this state only.</param>
/// <param name="ReachAsync">From the fresh page to the state.</param>
internal sealed record PageState(string Name, string Text, Func<IPage, Task> ReachAsync, string Path = "/", string Locale = "en-GB");

/// <summary>Every face that the page has.</summary>
internal static class PageStates
{
    public const string Missing = "/s/s-AAAAAAAAAAAAAAAAAAAAAA";

    public static IReadOnlyList<PageState> All { get; } =
    [
        new("empty", "Hello, I am Grace.", _ => Task.CompletedTask),
        new("answering", "I fold the sheets, then I sew them on three tapes", page => page.AskAsync(QualityTwin.Slow)),
        new("answered", "A full leather binding costs 180 pounds", page => page.AskToTheEndAsync(QualityTwin.Cited)),
        new("citation", "In my own words", OpenCitationAsync),
        new("long-answer", "Ask me about any of these steps.", page => page.AskToTheEndAsync(QualityTwin.Thorough)),
        new("broken-off", "The answer broke off here.", page => page.AskAsync(QualityTwin.Broken)),
        new("unavailable", "Nothing was lost: your question is still here.", page => RefuseAsync(page, 500, "internal")),
        new("rate-limited", "You can ask again in", page => RefuseAsync(page, 429, "rate_limited")),
        new("offline", "You are offline.", page => page.Context.SetOfflineAsync(true)),
        new("drawer", "Where is the workshop?", OpenDrawerAsync),
        new("delete", "Delete?", DeleteAsync),
        new("about-me", "Questions and answers", AboutMeAsync),
        new("erase", "This cannot be undone.", EraseAsync),
        new("receipt", "Receipt", ReceiptAsync),
        new("missing", "This conversation does not exist, or it is not yours.", _ => Task.CompletedTask, Path: Missing),
        new("comment", "What could be better?", CommentAsync),
        new("german", "Antworten können falsch sein", page => page.AskToTheEndAsync(QualityTwin.Cited), Locale: "de-DE"),
        new("too-long", "1,000 characters too many", page => page.Locator("#question").FillAsync(string.Join(' ', Enumerable.Repeat("book", 1000)) + "s")),
    ];

    public static PageState Named(string name) => All.Single(state => state.Name == name);

    /// <summary>A new window in that state, at rest.</summary>
    public static async Task<(VisitorWindow Window, IPage Page)> OpenAsync(
        this PageState state, BrowserFixture browser, Uri twin, Device device, ColorScheme scheme = ColorScheme.Light)
    {
        var window = await VisitorWindow.OpenAsync(browser, twin, device, scheme, state.Locale);
        try
        {
            var page = await window.GoAsync(state.Path);
            await state.ReachAsync(page);
            await Expect(page.GetByText(state.Text).Filter(new() { Visible = true }).Last).ToBeVisibleAsync();
            await page.RestAsync();
            return (window, page);
        }
        catch
        {
            await window.DisposeAsync();
            throw;
        }
    }

    private static async Task OpenCitationAsync(IPage page)
    {
        await page.AskToTheEndAsync(QualityTwin.Cited);
        await page.Locator(".answer button.chip").Last.ClickAsync();
    }

    private static async Task RefuseAsync(IPage page, int status, string code)
    {
        await page.RouteAsync("**/api/chat/stream", route => route.FulfillAsync(new()
        {
            Status = status,
            ContentType = "application/problem+json",
            Headers = new Dictionary<string, string> { ["retry-after"] = "30" },
            Body = $$"""{"status":{{status}},"code":"{{code}}","detail":"scripted"}""",
        }));
        await page.AskAsync(QualityTwin.Cited);
    }

    private static async Task OpenDrawerAsync(IPage page)
    {
        await page.AskToTheEndAsync(QualityTwin.Cited);
        await page.AskElsewhereAsync("Where is the workshop?", "How long does a repair of a very old family Bible with a broken spine take?", "Do you teach?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Conversations" }).ClickAsync();
    }

    private static async Task DeleteAsync(IPage page)
    {
        await OpenDrawerAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete “Do you teach?”" }).ClickAsync();
    }

    private static async Task AboutMeAsync(IPage page)
    {
        await page.AskToTheEndAsync(QualityTwin.Cited);
        await page.GetByRole(AriaRole.Button, new() { Name = "What this twin knows about you" }).ClickAsync();
    }

    private static async Task EraseAsync(IPage page)
    {
        await AboutMeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase everything" }).ClickAsync();
    }

    private static async Task ReceiptAsync(IPage page)
    {
        await EraseAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase everything now" }).ClickAsync();
    }

    private static async Task CommentAsync(IPage page)
    {
        await page.AskToTheEndAsync(QualityTwin.Cited);
        await page.GetByRole(AriaRole.Button, new() { Name = "Bad answer" }).ClickAsync();
    }
}
