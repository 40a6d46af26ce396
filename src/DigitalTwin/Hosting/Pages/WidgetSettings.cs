using System.Text.RegularExpressions;

namespace DigitalTwin.Hosting.Pages;

/// <summary>Section <c>Twin:Widget</c>.</summary>
/// <param name="AllowedOrigins">
/// Whose pages may show the visitor's page in a frame, as CSP writes them: <c>https://host[:port]</c>, <c>https://*.host</c>,
/// <c>http://localhost[:port]</c>, <c>http://127.0.0.1[:port]</c> or <c>*</c>. Our own always may.
/// </param>
public sealed partial record WidgetSettings(IReadOnlyList<string> AllowedOrigins) : ICheckedSettings
{
    public const string AllowedOriginsSetting = "Twin:Widget:AllowedOrigins";

    /// <summary>A list in a settings file, or one line with commas or spaces as the environment can hold it.</summary>
    public static WidgetSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection(AllowedOriginsSetting);
        return new WidgetSettings([
            .. section.GetChildren().Select(child => child.Value).Prepend(section.Value)
                .SelectMany(value => (value ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(origin => origin.ToLowerInvariant()).Distinct(),
        ]);
    }

    public IEnumerable<string> Problems() => AllowedOrigins.Where(origin => !IsOrigin(origin)).Select(origin =>
        $"{AllowedOriginsSetting}: '{origin}' is none of https://host[:port], https://*.host, http://localhost[:port], http://127.0.0.1[:port] and *.");

    private static bool IsOrigin(string text) =>
        Origin().Match(text) is { Success: true } match
        && (match.Groups["port"] is not { Success: true } port || (ushort.TryParse(port.ValueSpan, out var number) && number > 0));

    /// <summary>A host is labels of letters, digits and hyphens (RFC 1123 §2.1); names of other scripts go in their ASCII form.</summary>
    [GeneratedRegex(
        @"\A(?:\*|https://(?:\*\.)?(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*(?::(?<port>[0-9]{1,5}))?|http://(?:localhost|127\.0\.0\.1)(?::(?<port>[0-9]{1,5}))?)\z")]
    private static partial Regex Origin();
}
