using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>Every state of the page, in both schemes and on both devices: it obeys axe, and its picture lies in the folder of screenshots.</summary>
public sealed class StateTests(BrowserFixture browser, QualityTwin twin) : IClassFixture<QualityTwin>
{
    public static TheoryData<string, Device> States { get; } = [.. PageStates.All.SelectMany(
        state => Enum.GetValues<Device>().Select(device => new TheoryDataRow<string, Device>(state.Name, device)))];

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_state_has_no_axe_violation_and_shows_its_face(string name, Device device)
    {
        var state = PageStates.Named(name);
        var (window, page) = await state.OpenAsync(browser, twin.Address, device);
        await using var closing = window;

        var light = await Screenshots.TakeAsync(page, $"{name}-{device}-Light");
        var problems = await Axe.ProblemsAsync(page);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.RestAsync();
        var dark = await Screenshots.TakeAsync(page, $"{name}-{device}-Dark");
        problems += await Axe.ContrastProblemsAsync(page);

        Assert.True(problems == "", problems);
        Assert.True(light > 16 && dark > 16, $"The pictures have {light} and {dark} colours.");
        Assert.Empty(window.Faults);
    }
}

/// <summary>What axe has against a page, for people to read; empty when nothing.</summary>
internal static class Axe
{
    /// <summary>All rules that axe has switched on, those of best practice among them.</summary>
    public static Task<string> ProblemsAsync(IPage page) => RunAsync(page, new AxeRunOptions());

    /// <summary>The only rule that a scheme can break which its counterpart obeys.</summary>
    public static Task<string> ContrastProblemsAsync(IPage page) => RunAsync(page, new AxeRunOptions { RunOnly = RunOnlyOptions.Rules("color-contrast") });

    private static async Task<string> RunAsync(IPage page, AxeRunOptions options)
    {
        var result = await page.RunAxe(options);
        return string.Concat(result.Violations.SelectMany(rule => rule.Nodes.Select(
            node => $"{rule.Id} ({rule.Impact}): {rule.Help}\n  {node.Html}\n  {string.Join("; ", node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))}\n")));
    }
}
