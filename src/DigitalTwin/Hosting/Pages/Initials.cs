using System.Globalization;
using System.Text;

namespace DigitalTwin.Hosting.Pages;

/// <summary>What stands in the portrait of a persona without a picture: the first letters of the first and the last word of its name.</summary>
internal static class Initials
{
    public static string Of(string name)
    {
        var letters = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(FirstLetter).OfType<string>().ToArray();
        return letters switch
        {
            [] => StringInfo.GetNextTextElement(name.Trim()),
            [var only] => only,
            [var first, .., var last] => first + last,
        };
    }

    /// <summary>As a reader counts letters (with their accents, however they are encoded); null for a word without any.</summary>
    private static string? FirstLetter(string word)
    {
        for (var rest = word; rest.Length > 0;)
        {
            var element = StringInfo.GetNextTextElement(rest);
            if (Rune.TryGetRuneAt(element, 0, out var rune) && Rune.IsLetterOrDigit(rune))
            {
                return element.ToUpperInvariant();
            }

            rest = rest[element.Length..];
        }

        return null;
    }
}
