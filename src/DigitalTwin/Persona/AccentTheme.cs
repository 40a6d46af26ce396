using System.Security.Cryptography;
using System.Text;

namespace DigitalTwin.Persona;

/// <summary>
/// The owner's accent as custom properties for a light and a dark page. A colour that could not be read there is darkened or
/// lightened as little as it takes; its hue and saturation stay. <c>--accent</c> is for text on the page, <c>--accent-ink</c> for text on a
/// surface of the accent; both have a contrast of 4.5:1 at least (WCAG 2.2, success criterion 1.4.3), the first also on the
/// surfaces that the style sheet tints with a tenth of it.
/// </summary>
/// <param name="Version">Changes with the content only: a persona's number may come again with another colour, after a fresh start.</param>
internal sealed record AccentTheme(byte[] StyleSheet, string Version)
{
    /// <summary>On the light page: leaves 4.5:1 on a tinted surface.</summary>
    public const double LeastOnLight = 5.5;

    /// <summary>On the dark page, where a colour just readable looks dull.</summary>
    public const double LeastOnDark = 7.5;

    /// <summary>The pages' backgrounds, as their style sheet has them.</summary>
    public static readonly Rgb LightPage = Rgb.Parse("#fbfaf8");

    public static readonly Rgb DarkPage = Rgb.Parse("#171614");

    /// <summary>Lighter than the light page, so what is read on that page can carry it.</summary>
    private const string LightInk = "#ffffff";

    /// <summary>A lightness no eye tells from the next one.</summary>
    private const double Step = 1 / 512.0;

    public static AccentTheme Of(PersonaProfile profile)
    {
        var style = Encoding.UTF8.GetBytes(Style(profile.Accent));
        return new AccentTheme(style, Convert.ToHexStringLower(SHA256.HashData(style).AsSpan(0, 6)));
    }

    /// <summary>A page that lets the visitor choose puts <c>data-theme</c> on its root element; otherwise the system decides.</summary>
    internal static string Style(string accent)
    {
        var colour = Rgb.Parse(accent);
        var light = Declarations(Readable(colour, LightPage, LeastOnLight, -Step).ToString(), LightInk);
        var dark = Declarations(Readable(colour, DarkPage, LeastOnDark, Step).ToString(), DarkPage.ToString());
        return $$"""
            :root{{light}}
            @media (prefers-color-scheme:dark){:root{{dark}}}
            :root[data-theme=light]{{light}}
            :root[data-theme=dark]{{dark}}

            """;
    }

    /// <summary>The colour itself, or the nearest one in the direction of <paramref name="step"/> with that contrast to the page.</summary>
    private static Rgb Readable(Rgb colour, Rgb page, double least, double step)
    {
        var (hue, saturation, lightness) = colour.ToHsl();
        var readable = colour;
        while (readable.ContrastWith(page) < least && lightness is >= 0 and <= 1)
        {
            lightness += step;
            readable = Rgb.FromHsl(hue, saturation, Math.Clamp(lightness, 0, 1));
        }

        return readable;
    }

    private static string Declarations(string accent, string ink) => $"{{--accent:{accent};--accent-ink:{ink}}}";
}
