using DigitalTwin.BrowserTests.Widget;
using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The page in a frame of another site.</summary>
public sealed class FrameTests(BrowserFixture browser)
{
    [Fact(Timeout = 60_000)]
    public async Task An_allowed_site_has_a_conversation_in_its_frame_that_goes_on_after_a_reload()
    {
        using var persona = new Workshop();
        await using var site = await HostSite.StartAsync();
        await using var twin = await ModelTwin.StartAsync(null, null, persona.Setting, ("Twin:Widget:AllowedOrigins", site.Address.GetLeftPart(UriPartial.Authority)));
        await using var window = await VisitorWindow.OpenAsync(browser, Localhost(twin));
        var page = await OpenAsync(window, site);
        var frame = page.FrameLocator("iframe");
        twin.Next("First answer.");
        twin.Next("Second answer.");

        await frame.Locator("#question").FillAsync("First?");
        await frame.Locator("#question").PressAsync("Enter");
        await Expect(frame.Locator(".answer")).ToHaveTextAsync(["First answer."]);
        await Expect(frame.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true })).ToBeAttachedAsync();
        await frame.Locator("#question").FillAsync("Second?");
        await frame.Locator("#question").PressAsync("Enter");
        await Expect(frame.Locator(".answer")).ToHaveTextAsync(["First answer.", "Second answer."]);
        await page.Frames[1].EvaluateAsync("location.reload()");
        await Expect(frame.GetByRole(AriaRole.Button, new() { Name = "Ask again" })).ToBeVisibleAsync();

        await Expect(frame.Locator(".answer")).ToHaveTextAsync(["First answer.", "Second answer."]);
        var cookie = Assert.Single(await window.Context.CookiesAsync());
        Assert.Equal("twin-embedded", cookie.Name);
        Assert.Equal(["request to " + site.Address], window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task Any_other_site_is_refused()
    {
        await using var site = await HostSite.StartAsync();
        await using var twin = await ModelTwin.StartAsync(null, null, ("Twin:Widget:AllowedOrigins", "https://example.com"));
        await using var window = await VisitorWindow.OpenAsync(browser, Localhost(twin));
        var refused = new TaskCompletionSource<string>();
        window.Context.RequestFailed += (_, request) => refused.TrySetResult(request.Failure ?? "");

        var page = await OpenAsync(window, site);

        Assert.Equal("net::ERR_BLOCKED_BY_RESPONSE", await refused.Task.WaitAsync(TestContext.Current.CancellationToken));
        await Expect(page.FrameLocator("iframe").Locator("#question")).ToHaveCountAsync(0);
        Assert.Contains(window.Faults, fault => fault.Contains("frame-ancestors", StringComparison.Ordinal));
    }

    private static Uri Localhost(ModelTwin twin) => new($"http://localhost:{twin.Twin.Address.Port}/");

    private static async Task<IPage> OpenAsync(VisitorWindow window, HostSite site)
    {
        site.Embed(window.Twin, $"""<iframe src="{window.Twin}" title="Twin" width="500" height="600"></iframe>""");
        var page = await window.Context.NewPageAsync();
        await page.GotoAsync(site.Address.ToString());
        return page;
    }
}
