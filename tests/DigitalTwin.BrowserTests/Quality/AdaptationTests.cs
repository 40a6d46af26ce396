using Microsoft.Playwright;
using Xunit;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>The page in a narrow window, with large letters, without motion, in the visitor's own colours, and for a thick thumb.</summary>
public sealed class AdaptationTests(BrowserFixture browser, QualityTwin twin) : IClassFixture<QualityTwin>
{
    public static TheoryData<string> States { get; } = [.. PageStates.All.Select(state => state.Name)];

    /// <summary>WCAG 1.4.10: nothing but tables and code scrolls sideways at 320 CSS pixels. WCAG 1.4.4: nor with letters twice as large.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public async Task A_state_fits_320_pixels_and_letters_of_twice_the_size(string name)
    {
        var (window, page) = await PageStates.Named(name).OpenAsync(browser, twin.Address, Device.Desktop);
        await using var closing = window;

        await page.SetViewportSizeAsync(320, 640);
        var narrow = await TooWideAsync(page);
        await page.SetViewportSizeAsync(640, 512);
        await page.EvaluateAsync(
            """
            () => {
              const sizes = [...document.querySelectorAll('body, body *')].map(element => [element, parseFloat(getComputedStyle(element).fontSize)]);
              sizes.forEach(([element, size]) => element.style.setProperty('font-size', size * 2 + 'px', 'important'));
            }
            """);
        var large = await TooWideAsync(page);

        Assert.Empty(narrow);
        Assert.Empty(large);
    }

    /// <summary>WCAG 2.5.8: 24 by 24 pixels, except for links within a sentence.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public async Task Everything_to_press_is_at_least_24_pixels_wide_and_high(string name)
    {
        var (window, page) = await PageStates.Named(name).OpenAsync(browser, twin.Address, Device.Phone);
        await using var closing = window;

        var small = await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('button, select, input, textarea, summary, a')]
              .filter(element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.matches('p a, li a, td a, .skip'))
              .map(element => [element, element.getBoundingClientRect()])
              .filter(([element, box]) => {
                // The chip's pressed area is larger than what is drawn of it.
                const after = getComputedStyle(element, '::after');
                const grown = after.content !== 'none' && after.position === 'absolute' ? [-parseFloat(after.left) - parseFloat(after.right), -parseFloat(after.top) - parseFloat(after.bottom)] : [0, 0];
                return box.width + Math.max(0, grown[0] || 0) < 24 || box.height + Math.max(0, grown[1] || 0) < 24;
              })
              .map(([element, box]) => `${element.outerHTML.slice(0, 100)} is ${box.width} by ${box.height}`)
            """);

        Assert.Empty(small);
    }

    [Fact]
    public async Task Nothing_moves_for_who_asked_for_less_motion()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.EvaluateAsync(
            """
            () => {
              window.moved = [];
              for (const kind of ['animationstart', 'transitionrun']) {
                addEventListener(kind, event => {
                  const moving = event.target.getAnimations().filter(animation => animation.effect.getComputedTiming().duration > 1);
                  if (moving.length > 0) moved.push(`${kind} of ${event.target.className || event.target.localName}`);
                }, true);
              }
            }
            """);

        await page.AskToTheEndAsync(QualityTwin.Cited);
        await page.Locator(".answer button.chip").Last.ClickAsync();
        await page.Locator("dialog[open]").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.AskAsync(QualityTwin.Slow);
        await page.Locator(".progress, .answer").Last.WaitForAsync();
        await page.RestAsync();

        Assert.Empty(await page.EvaluateAsync<string[]>("moved"));
    }

    /// <summary>In forced colours a shape that was made by a background alone is gone; a border must be there instead.</summary>
    [Theory]
    [InlineData("empty", ".suggestion, .composer")]
    [InlineData("answered", ".question p, .answer .chip, .composer")]
    [InlineData("long-answer", ".code, .table")]
    [InlineData("citation", "dialog[open], .citations li")]
    [InlineData("drawer", "dialog[open], dialog[open] select, dialog[open] .search")]
    public async Task Shapes_stay_visible_in_forced_colours(string name, string shapes)
    {
        var (window, page) = await PageStates.Named(name).OpenAsync(browser, twin.Address, Device.Desktop);
        await using var closing = window;
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });

        var lost = await page.EvaluateAsync<string[]>(
            """
            shapes => [...document.querySelectorAll(shapes)]
              .filter(element => element.checkVisibility())
              .filter(element => {
                const style = getComputedStyle(element);
                const edges = ['Top', 'Right', 'Bottom', 'Left'].some(side => parseFloat(style[`border${side}Width`]) >= 1 && style[`border${side}Style`] !== 'none');
                return !edges && !(parseFloat(style.outlineWidth) >= 1 && style.outlineStyle !== 'none');
              })
              .map(element => element.outerHTML.slice(0, 120))
            """,
            shapes);
        await Screenshots.TakeAsync(page, $"{name}-forced-colours");

        Assert.Empty(lost);
    }

    /// <summary>What reaches beyond the window's right edge without being in something that scrolls by itself.</summary>
    private static async Task<string[]> TooWideAsync(IPage page)
    {
        await page.RestAsync();
        return await page.EvaluateAsync<string[]>(
            """
            () => {
              const width = document.documentElement.clientWidth;
              const found = document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
              for (const element of document.querySelectorAll('body *')) {
                const box = element.getBoundingClientRect();
                if (box.width > 0 && box.right > width + 1 && element.checkVisibility() && !element.closest('.table, .code, .visually-hidden, .skip')) {
                  found.push(`${element.outerHTML.slice(0, 100)} reaches ${box.right} of ${width}`);
                }
              }
              return found.slice(0, 5);
            }
            """);
    }
}
