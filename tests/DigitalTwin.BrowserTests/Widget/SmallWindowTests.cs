using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Widget;

/// <summary>The widget in a small window, which its panel fills.</summary>
public sealed class SmallWindowTests(BrowserFixture browser)
{
    [Fact]
    public async Task On_a_phone_it_fills_the_window_and_its_button_covers_nothing()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, device: Device.Phone);
        var close = twin.Page.Locator("digital-twin .close");

        await twin.OpenPanelAsync();
        await Expect(twin.Frame.Locator("html")).ToHaveClassAsync("embedded full");
        var panel = await twin.Panel.BoundingBoxAsync();
        var button = await close.BoundingBoxAsync();
        foreach (var other in await twin.Frame.Locator(".bar button, .bar h1").AllAsync())
        {
            var box = await other.BoundingBoxAsync();
            Assert.True(box!.X + box.Width <= button!.X, $"{box.X + box.Width} > {button.X}");
        }

        Assert.Equal((0, 0, 390, 844), (panel!.X, panel.Y, panel.Width, panel.Height));
        await Expect(twin.Question).Not.ToBeFocusedAsync();
        await close.TapAsync();
        await Expect(twin.Panel).ToBeHiddenAsync();
        await Expect(twin.Launcher).ToBeFocusedAsync();
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task On_a_phone_a_source_and_the_widgets_button_do_not_meet()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, device: Device.Phone);
        await twin.Page.SetViewportSizeAsync(844, 390);

        await twin.OpenPanelAsync();
        await twin.AskAsync("When were you born?");
        await twin.Frame.Locator("button.chip").First.ClickAsync();
        var sheet = twin.Frame.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close" });
        await sheet.ClickAsync();

        await Expect(twin.Frame.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Expect(twin.Panel).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_open_panel_follows_the_window_from_wide_to_small_and_keeps_its_conversation()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);
        await twin.OpenPanelAsync();
        await twin.AskAsync("When were you born?");
        await Expect(twin.Frame.Locator(".answer")).ToContainTextAsync("10 December 1815");

        await twin.Page.SetViewportSizeAsync(390, 844);
        await Expect(twin.Frame.Locator("html")).ToHaveClassAsync("embedded full");
        await twin.Page.SetViewportSizeAsync(1280, 800);
        await Expect(twin.Frame.Locator("html")).ToHaveClassAsync("embedded");

        await Expect(twin.Frame.Locator(".answer")).ToContainTextAsync("10 December 1815");
        await Expect(twin.Widget).ToHaveAttributeAsync("open", "");
        var panel = await twin.Panel.BoundingBoxAsync();
        Assert.Equal((400, 640), (panel!.Width, panel.Height));
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task The_attribute_open_does_not_cover_the_page_on_a_phone()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, "<digital-twin open></digital-twin>", Device.Phone);

        await Expect(twin.Launcher).ToBeVisibleAsync();
        await Expect(twin.Panel).ToBeHiddenAsync();
        Assert.Equal(["widget.js"], twin.Requests);
    }
}
