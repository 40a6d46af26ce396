using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The page in a frame of another site.</summary>
[Collection(OneBrowser.Name)]
public sealed class FrameTests(BrowserFixture browser)
{
    /// <summary>Never asked: the browser gets the page around the frame from the test.</summary>
    private const string Site = "http://127.0.0.1:8099";

    [Fact]
    public async Task An_allowed_site_has_a_conversation_in_its_frame_that_goes_on_after_a_reload()
    {
        using var persona = new Workshop();
        await using var twin = await ModelTwin.StartAsync(null, null, persona.Setting, ("Twin:Widget:AllowedOrigins", Site));
        await using var window = await VisitorWindow.OpenAsync(browser, Localhost(twin));
        var page = await OpenSiteAsync(window);
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
        Assert.All(window.Faults, fault => Assert.StartsWith("request to " + Site, fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Any_other_site_is_refused()
    {
        await using var twin = await ModelTwin.StartAsync(null, null, ("Twin:Widget:AllowedOrigins", "https://example.com"));
        await using var window = await VisitorWindow.OpenAsync(browser, Localhost(twin));
        var refused = new TaskCompletionSource<string>();
        window.Context.Console += (_, message) =>
        {
            if (message.Text.Contains("frame-ancestors", StringComparison.Ordinal))
            {
                refused.TrySetResult(message.Text);
            }
        };

        var page = await OpenSiteAsync(window);

        Assert.Contains("violates", await refused.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Expect(page.FrameLocator("iframe").Locator("#question")).ToHaveCountAsync(0);
    }

    private static Uri Localhost(ModelTwin twin) => new($"http://localhost:{twin.Twin.Address.Port}/");

    private static async Task<IPage> OpenSiteAsync(VisitorWindow window)
    {
        await window.Context.RouteAsync(Site + "/**", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $"""<!doctype html><title>A shop</title><iframe src="{window.Twin}" title="Twin" width="500" height="600"></iframe>""",
        }));
        var page = await window.Context.NewPageAsync();
        await page.GotoAsync(Site + "/");
        return page;
    }
}
