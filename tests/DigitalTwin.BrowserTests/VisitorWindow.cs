using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace DigitalTwin.BrowserTests;

/// <summary>What a visitor looks through.</summary>
public enum Device
{
    Desktop,
    Phone,
}

/// <summary>
/// A visitor's browser window on a twin. It remembers what must never happen: an error of a script, a violation of the content policy, a
/// request that leaves the origin.
/// </summary>
public sealed class VisitorWindow : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> faults = new();

    private VisitorWindow(IBrowserContext context, Uri twin) => (Context, Twin) = (context, twin);

    public IBrowserContext Context { get; }

    public Uri Twin { get; }

    /// <summary>Script errors, policy violations and requests to elsewhere, as they came.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    public static async Task<VisitorWindow> OpenAsync(
        BrowserFixture browser, Uri twin, Device device = Device.Desktop, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB")
    {
        var isPhone = device == Device.Phone;
        var context = await browser.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = twin.ToString(),
            ViewportSize = isPhone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 800 },
            IsMobile = isPhone,
            HasTouch = isPhone,
            ColorScheme = scheme,
            Locale = locale,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        var window = new VisitorWindow(context, twin);
        await context.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => console.error('policy violation: ' + e.violatedDirective + ' ' + e.blockedURI))");
        context.Console += (_, message) => window.Note(message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal), message.Text);
        context.WebError += (_, error) => window.Note(true, error.Error);
        context.Request += (_, request) => window.Note(!window.IsOurs(request.Url), "request to " + request.Url);
        return window;
    }

    /// <summary>A new tab on the page, ready to be asked.</summary>
    public async Task<IPage> GoAsync(string path = "/")
    {
        var page = await Context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        await page.GotoAsync(path);
        await page.Locator("#question").WaitForAsync();
        return page;
    }

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();

    private void Note(bool isFault, string text)
    {
        if (isFault)
        {
            faults.Enqueue(text);
        }
    }

    private bool IsOurs(string url) =>
        url.StartsWith("data:", StringComparison.Ordinal) || url.StartsWith("blob:", StringComparison.Ordinal) || Twin.IsBaseOf(new Uri(url));
}
