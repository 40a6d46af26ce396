namespace DigitalTwin.BrowserTests.Quality;

/// <summary>Answers with everything in them that Markdown has.</summary>
internal static class SampleAnswer
{
    public const string Whole =
        """
        ## How a book is bound

        Every book goes through **three hands**: the *folder*, the sewer and the finisher. The prices are in the
        [price list](https://example.com/prices), and `signature` is what we call a folded sheet.

        1. Fold the sheets.
        2. Sew them on tapes:
           - linen thread, waxed;
           - a kettle stitch at each end.
        3. Glue the spine, and let it dry **overnight**.

        ### Which leather

        | Leather | Lasts | Price |
        |:--------|:-----:|------:|
        | Goat    | 200 years | 180 pounds |
        | Calf    | 120 years | 150 pounds |
        | Sheep, split and dyed in the workshop | 40 years | 90 pounds |

        > A book is a machine to be opened.

        The order in which I work, as a program would say it:

        ```python
        def bind(sheets: list[Sheet], cover: Cover, thread: Thread = LINEN) -> Book:
            block = sew(fold(sheets), thread)  # on three tapes, with a kettle stitch at the head and at the tail
            return case_in(block, cover)
        ```

        - [x] folded
        - [ ] sewn

        ---

        Ask me about any of these steps.
        """;

    /// <summary>About 300 lines: paragraphs, nested lists, tables and code, again and again.</summary>
    public static string OfThreeHundredLines { get; } = string.Join(
        "\n\n", Enumerable.Range(1, 11).Select(part => $"# Part {part}\n\n{Whole.Replace("## How", "## " + part + ". How", StringComparison.Ordinal)}"));

    /// <summary>Pieces about as long as a model's tokens.</summary>
    public static IEnumerable<string> Tokens(string text)
    {
        int[] lengths = [4, 1, 6, 3, 5, 2, 7];
        for (var (at, i) = (0, 0); at < text.Length; i++)
        {
            var length = Math.Min(lengths[i % lengths.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
