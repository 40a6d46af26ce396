using System.Globalization;

namespace DigitalTwin.Persona;

/// <summary>A colour of the sRGB space with channels of eight bits.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    /// <summary>Reads <c>#rrggbb</c>.</summary>
    public static Rgb Parse(string text)
    {
        var value = uint.Parse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    /// <summary>The contrast ratio of WCAG 2.2 (www.w3.org/TR/WCAG22/#dfn-contrast-ratio), from 1 to 21.</summary>
    public double ContrastWith(Rgb other)
    {
        var (one, two) = (Luminance(), other.Luminance());
        return (Math.Max(one, two) + 0.05) / (Math.Min(one, two) + 0.05);
    }

    /// <summary>Hue in degrees, saturation and lightness from 0 to 1 (www.w3.org/TR/css-color-4/#rgb-to-hsl).</summary>
    public (double Hue, double Saturation, double Lightness) ToHsl()
    {
        var (r, g, b) = (R / 255.0, G / 255.0, B / 255.0);
        var (most, least) = (Math.Max(r, Math.Max(g, b)), Math.Min(r, Math.Min(g, b)));
        var (lightness, range) = ((most + least) / 2, most - least);
        if (range == 0)
        {
            return (0, 0, lightness);
        }

        var hue = most == r ? (g - b) / range + (g < b ? 6 : 0) : most == g ? (b - r) / range + 2 : (r - g) / range + 4;
        return (hue * 60, (most - lightness) / Math.Min(lightness, 1 - lightness), lightness);
    }

    /// <summary>The nearest colour of eight bits (www.w3.org/TR/css-color-4/#hsl-to-rgb). Each channel grows with the lightness.</summary>
    public static Rgb FromHsl(double hue, double saturation, double lightness)
    {
        byte Channel(double n)
        {
            var k = (n + (hue / 30)) % 12;
            var value = lightness - (saturation * Math.Min(lightness, 1 - lightness) * Math.Max(-1, Math.Min(Math.Min(k - 3, 9 - k), 1)));
            return (byte)Math.Round(Math.Clamp(value, 0, 1) * 255);
        }

        return new Rgb(Channel(0), Channel(8), Channel(4));
    }

    /// <summary>The relative luminance of WCAG 2.2 (www.w3.org/TR/WCAG22/#dfn-relative-luminance).</summary>
    private double Luminance() => (0.2126 * Linear(R)) + (0.7152 * Linear(G)) + (0.0722 * Linear(B));

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
