using DigitalTwin.BrowserTests.Quality;
using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Widget;

/// <summary>The widget on a page of somebody else with a policy as strict as can be.</summary>
public sealed class WidgetTests(BrowserFixture browser)
{
    [Fact]
    public async Task Nothing_but_the_script_is_requested_before_the_first_press()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);

        await Expect(twin.Launcher).ToBeVisibleAsync();
        await twin.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.Equal(["widget.js"], twin.Requests);
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task A_conversation_is_still_there_when_the_panel_is_opened_again()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);

        await twin.OpenPanelAsync();
        await twin.AskAsync("When were you born?");
        await Expect(twin.Frame.Locator(".answer")).ToContainTextAsync("10 December 1815");
        await twin.Launcher.ClickAsync();
        await Expect(twin.Panel).ToBeHiddenAsync();
        var requests = twin.Requests.Count;
        await twin.Launcher.ClickAsync();

        await Expect(twin.Frame.Locator(".answer")).ToContainTextAsync("10 December 1815");
        await Expect(twin.Question).ToBeFocusedAsync();
        Assert.Equal(requests, twin.Requests.Count);
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task The_visitor_is_known_in_the_frame_by_the_cookie_for_frames()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);

        await twin.OpenPanelAsync();
        await twin.AskAsync("When were you born?");
        await Expect(twin.Frame.Locator(".answer")).ToContainTextAsync("10 December 1815");
        await twin.Frame.Locator("#open-sessions").ClickAsync();

        await Expect(twin.Frame.Locator(".session")).ToContainTextAsync("When were you born?");
        Assert.Equal(["twin-embedded"], (await twin.Page.Context.CookiesAsync()).Select(cookie => cookie.Name));
    }

    [Fact]
    public async Task The_keyboard_opens_it_asks_and_comes_back_to_the_button()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);
        await Expect(twin.Launcher).ToHaveAccessibleNameAsync("Ask Ada");

        await twin.Page.Keyboard.PressAsync("Tab");
        await twin.Page.Keyboard.PressAsync("Tab");
        await Expect(twin.Launcher).ToBeFocusedAsync();
        await Expect(twin.Launcher).ToHaveAttributeAsync("aria-expanded", "false");
        await twin.Page.Keyboard.PressAsync("Enter");
        await Expect(twin.Question).ToBeFocusedAsync();
        await Expect(twin.Launcher).ToHaveAttributeAsync("aria-expanded", "true");
        await twin.Page.Keyboard.TypeAsync("When were you born?");
        await twin.Page.Keyboard.PressAsync("Enter");
        await Expect(twin.Frame.Locator(".answer")).ToContainTextAsync("10 December 1815");
        await twin.Page.Keyboard.PressAsync("Escape");

        await Expect(twin.Panel).ToBeHiddenAsync();
        await Expect(twin.Launcher).ToBeFocusedAsync();
        await Expect(twin.Launcher).ToHaveAttributeAsync("aria-expanded", "false");
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task Escape_closes_a_sheet_of_the_page_before_it_closes_the_panel()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);
        await twin.OpenPanelAsync();
        await twin.Frame.Locator("#open-sessions").ClickAsync();
        var sheet = twin.Frame.GetByRole(AriaRole.Dialog);
        await Expect(sheet).ToBeVisibleAsync();

        await twin.Page.Keyboard.PressAsync("Escape");
        await Expect(sheet).ToBeHiddenAsync();
        await Expect(twin.Panel).ToBeVisibleAsync();
        await twin.Page.Keyboard.PressAsync("Escape");

        await Expect(twin.Panel).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_page_around_opens_and_closes_it_and_hears_of_both()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);

        var heard = await twin.Page.EvaluateAsync<string[]>(
            """
            () => {
              const heard = [];
              const twin = document.querySelector('digital-twin');
              for (const name of ['open', 'close']) {
                document.addEventListener('digital-twin:' + name, (event) => heard.push(event.target.localName + ' ' + name + ' ' + twin.hasAttribute('open')));
              }
              twin.close();
              twin.open();
              twin.open();
              twin.toggle();
              twin.toggle();
              twin.close();
              twin.setAttribute('open', '');
              twin.removeAttribute('open');
              return heard;
            }
            """);

        Assert.Equal([.. Enumerable.Repeat<string[]>(["digital-twin open true", "digital-twin close false"], 3).SelectMany(pair => pair)], heard);
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task The_attribute_open_opens_it_with_the_page_and_leaves_the_focus()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, "<digital-twin open></digital-twin>");

        await Expect(twin.Question).ToBeVisibleAsync();
        await Expect(twin.Page.Locator("digital-twin dialog.ready")).ToBeVisibleAsync();

        Assert.Equal("BODY", await twin.Page.EvaluateAsync<string>("() => document.activeElement.tagName"));
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task Two_on_one_page_do_not_disturb_each_other()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(
            browser, "<digital-twin id=\"one\"></digital-twin><digital-twin id=\"two\" position=\"left\" accent=\"#ffcc00\"></digital-twin>");
        var one = twin.Page.Locator("#one");
        var two = twin.Page.Locator("#two");

        await one.Locator(".launcher").ClickAsync();
        await one.Locator("dialog.ready").WaitForAsync();
        await two.Locator(".launcher").ClickAsync();
        await Expect(two.FrameLocator("iframe").Locator("#question")).ToBeFocusedAsync();
        await twin.Page.Keyboard.PressAsync("Escape");

        await Expect(two.Locator("dialog")).ToBeHiddenAsync();
        await Expect(two.Locator(".launcher")).ToBeFocusedAsync();
        await Expect(one.Locator("dialog")).ToBeVisibleAsync();
        await Expect(two.Locator(".launcher")).ToHaveCSSAsync("background-color", "rgb(255, 204, 0)");
        await Expect(two.Locator(".launcher")).ToHaveCSSAsync("color", "rgb(23, 22, 20)");
        Assert.Empty(twin.Faults);
    }

    [Fact]
    public async Task Only_the_page_in_the_frame_may_close_it()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser);
        await twin.OpenPanelAsync();

        // What a window posts to itself is heard in order, so the second message comes when the first has been judged.
        await twin.Page.EvaluateAsync(
            "() => new Promise((done) => { addEventListener('message', (event) => event.data === 'judged' && done()); postMessage('digital-twin:close', '*'); postMessage('judged', '*'); })");

        await Expect(twin.Panel).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,hello")]
    [InlineData("ftp://twin.example")]
    [InlineData("twin.example")]
    public async Task An_address_that_is_not_of_the_web_shows_nothing(string src)
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, $"<digital-twin src=\"{src}\" open></digital-twin>");

        await Expect(twin.Launcher).ToHaveCountAsync(0);
        await Expect(twin.Panel).ToHaveCountAsync(0);
        Assert.Equal([$"<digital-twin>: src must be an http(s) address, not \"{src}\"."], twin.Faults);
    }

    [Fact]
    public async Task Where_the_owner_did_not_allow_it_a_link_stands_instead_of_the_browsers_error()
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, isAllowed: false);

        await twin.Launcher.ClickAsync();
        var link = twin.Panel.GetByRole(AriaRole.Link);
        await Expect(link).ToHaveTextAsync($"localhost:{twin.Address.Port}");
        await Expect(link).ToHaveAttributeAsync("href", twin.Address.ToString());
        await Expect(twin.Page.Locator("digital-twin iframe")).ToBeHiddenAsync();
        await twin.Page.Keyboard.PressAsync("Escape");

        await Expect(twin.Panel).ToBeHiddenAsync();
        Assert.Contains("frame-ancestors", Assert.Single(twin.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<digital-twin></digital-twin>", "light")]
    [InlineData("<meta name=\"color-scheme\" content=\"light dark\"><digital-twin></digital-twin>", "dark")]
    public async Task The_frame_is_as_light_or_dark_as_the_page_around_it(string elements, string scheme)
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, elements, scheme: ColorScheme.Dark);

        await twin.OpenPanelAsync();

        await Expect(twin.Frame.Locator("html")).ToHaveAttributeAsync("data-theme", scheme);
    }

    [Theory]
    [InlineData(Device.Desktop, ColorScheme.Light)]
    [InlineData(Device.Desktop, ColorScheme.Dark)]
    [InlineData(Device.Phone, ColorScheme.Light)]
    public async Task Assistive_technology_finds_nothing_wrong(Device device, ColorScheme scheme)
    {
        await using var twin = await EmbeddedTwin.OpenAsync(browser, device: device, scheme: scheme);

        Assert.Equal("", await Axe.ProblemsAsync(twin.Page));
        await twin.OpenPanelAsync();
        Assert.Equal("", await Axe.ProblemsAsync(twin.Page));
    }

    /// <summary>A page without a declared encoding reads it in its own.</summary>
    [Fact]
    public void The_script_reads_the_same_in_every_encoding() =>
        Assert.DoesNotContain(File.ReadAllBytes(Repository.Path("src", "DigitalTwin", "wwwroot", "widget.js")), letter => letter > 127);
}
