using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>What a screen reader reads, in which order: texts for people to read aloud before they change them.</summary>
public sealed partial class ReadingOrderTests(BrowserFixture browser, QualityTwin twin) : IClassFixture<QualityTwin>
{
    [Theory]
    [InlineData("empty")]
    [InlineData("answering")]
    [InlineData("answered")]
    [InlineData("long-answer")]
    [InlineData("citation")]
    [InlineData("drawer")]
    [InlineData("about-me")]
    [InlineData("erase")]
    [InlineData("comment")]
    [InlineData("unavailable")]
    public async Task A_state_reads_as_its_golden_says(string name)
    {
        var (window, page) = await PageStates.Named(name).OpenAsync(browser, twin.Address, Device.Desktop);
        await using var closing = window;

        var text = await ReadingOrder.OfAsync(page);

        Golden.Equal($"page-{name}.reading.txt", Times().Replace(text, "(date)"));
    }

    /// <summary>As British English writes dates, with or without the time, and the time alone.</summary>
    [GeneratedRegex(@"\d{1,2} \w{3,4} \d{4}(, \d{2}:\d{2})?|\b\d{2}:\d{2}\b")]
    private static partial Regex Times();
}
