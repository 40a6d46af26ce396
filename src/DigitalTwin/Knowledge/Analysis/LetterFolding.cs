namespace DigitalTwin.Knowledge;

/// <summary>
/// Folds letters to lower case without diacritics. The tables are our own because <see cref="string.Normalize()"/>
/// leaves its input as it is under InvariantGlobalization.
/// </summary>
static class LetterFolding
{
    // One base letter per code point, '?' where a letter has none.
    const string Latin1AndExtendedA =
        "aaaaaa?ceeeeiiiidnooooo?ouuuuy??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y" +
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll" +
        "lllnnnnnn?nnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    const string ExtendedB =
        "?????????dd??????ff?????????????oo?????????????uu???????????????" +
        "????dddlllnnnaaiioouuuuuuuuuu?aaaa????ggkkoooo??jdddgg??nnaa??oo" +
        "aaaaeeeeiiiioooorrrruuuusstt??hh??????aaeeooooooooyy????????????????";

    const string ExtendedAdditional =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm" +
        "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv" +
        "wwwwwwwwwwxxxxyyzzzzzzhtwyas????aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee" +
        "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????";

    /// <summary>Writes what a letter folds to and returns how many characters that is: 0 (a combining mark), 1 or 2.</summary>
    public static int Fold(char letter, Span<char> into)
    {
        if (letter < '\u0080')
        {
            into[0] = (uint)(letter - 'A') <= 'Z' - 'A' ? (char)(letter | 0x20) : letter;
            return 1;
        }

        if (IsMark(letter))
        {
            return 0;
        }

        if (Ligature(letter) is { } two)
        {
            two.CopyTo(into);
            return two.Length;
        }

        var folded = letter switch
        {
            >= '\u00C0' and < '\u0180' => Latin1AndExtendedA[letter - '\u00C0'],
            >= '\u0180' and < '\u0250' => ExtendedB[letter - '\u0180'],
            >= '\u1E00' and < '\u1F00' => ExtendedAdditional[letter - '\u1E00'],
            >= '\uFF10' and <= '\uFF5A' => (char)(letter - '\uFF10' + '0'), // full-width forms
            _ => '?',
        };
        into[0] = char.ToLowerInvariant(folded == '?' ? letter : folded);
        return 1;
    }

    /// <summary>Whether a character only modifies the one before it, or is invisible inside a word (soft hyphen, joiners).</summary>
    public static bool IsMark(char c) =>
        c is (>= '\u0300' and <= '\u036F') or '\u00AD' or '\u200C' or '\u200D' or (>= '\u20D0' and <= '\u20FF');

    static string? Ligature(char letter) => letter switch
    {
        'ß' or 'ẞ' => "ss",
        'æ' or 'Æ' => "ae",
        'œ' or 'Œ' => "oe",
        'þ' or 'Þ' => "th",
        'ĳ' or 'Ĳ' => "ij",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        _ => null,
    };
}
