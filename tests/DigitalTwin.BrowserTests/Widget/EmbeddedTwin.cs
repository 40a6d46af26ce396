using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;

namespace DigitalTwin.BrowserTests.Widget;

/// <summary>A twin, another site with its widget, and a visitor's window on that site.</summary>
public sealed class EmbeddedTwin : IAsyncDisposable
{
    private readonly TwinFixture twin;
    private readonly HostSite site;
    private readonly VisitorWindow window;

    private EmbeddedTwin(TwinFixture twin, HostSite site, VisitorWindow window, Uri address, IPage page) =>
        (this.twin, this.site, this.window, Address, Page) = (twin, site, window, address, page);

    /// <summary>The twin's, on another host than the site: browsers take the two for two sites.</summary>
    public Uri Address { get; }

    public IPage Page { get; }

    public ILocator Widget => Page.Locator("digital-twin");

    public ILocator Launcher => Page.Locator("digital-twin .launcher");

    public ILocator Panel => Page.Locator("digital-twin dialog");

    public IFrameLocator Frame => Page.FrameLocator("digital-twin iframe");

    public ILocator Question => Frame.Locator("#question");

    /// <summary>What the twin was asked for, in order.</summary>
    public IReadOnlyList<string> Requests =>
        [.. window.Faults.Where(fault => fault.StartsWith(RequestToTwin, StringComparison.Ordinal)).Select(fault => fault[RequestToTwin.Length..])];

    /// <summary>Errors, violations of a policy, and requests to anywhere else.</summary>
    public IReadOnlyList<string> Faults => [.. window.Faults.Where(fault => !fault.StartsWith(RequestToTwin, StringComparison.Ordinal))];

    private string RequestToTwin => "request to " + Address;

    public static async Task<EmbeddedTwin> OpenAsync(
        BrowserFixture browser,
        string elements = "<digital-twin label=\"Ask Ada\"></digital-twin>",
        Device device = Device.Desktop,
        ColorScheme scheme = ColorScheme.Light,
        bool isAllowed = true)
    {
        var site = await HostSite.StartAsync();
        (string, string)[] settings = isAllowed ? [("Twin:Widget:AllowedOrigins", site.Address.GetLeftPart(UriPartial.Authority))] : [];
        var twin = TwinFixture.Start(settings: settings);
        var address = new UriBuilder(twin.Address) { Host = "localhost" }.Uri;
        site.Embed(address, elements);
        var window = await VisitorWindow.OpenAsync(browser, site.Address, device, scheme);
        var page = await window.Context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        await page.GotoAsync("/");
        await page.WaitForFunctionAsync("() => customElements.get('digital-twin')");
        return new EmbeddedTwin(twin, site, window, address, page);
    }

    /// <summary>Once the page in the frame can be asked.</summary>
    public async Task OpenPanelAsync()
    {
        await Launcher.ClickAsync();
        await Question.WaitForAsync();
        await Page.Locator("digital-twin dialog.ready").WaitForAsync();
        // It slides into its place.
        await (await Panel.ElementHandleAsync()).WaitForElementStateAsync(ElementState.Stable);
    }

    public async Task AskAsync(string question)
    {
        await Question.FillAsync(question);
        await Question.PressAsync("Enter");
    }

    public async ValueTask DisposeAsync()
    {
        await window.DisposeAsync();
        await site.DisposeAsync();
        await twin.DisposeAsync();
    }
}
