using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Words that a sentence may answer a question's word with. General English; nothing about any persona. They are read from
/// <c>english-synonyms.bin</c>, which the tests make from <c>english-synonyms.txt</c>.
/// </summary>
internal static class Synonyms
{
    private static readonly SynonymTable Table = new(Read());

    public static IReadOnlyList<Synonym> Of(string stem) => Table.Of(stem);

    /// <summary>The list's word that a misspelt one was most likely meant to be, or null.</summary>
    public static string? Correct(string word) => SpellingCorrector.Correct(word, Table.Words);

    private static byte[] Read()
    {
        using var stream = typeof(Synonyms).Assembly.GetManifestResourceStream("english-synonyms.bin")
            ?? throw new InvalidOperationException("The list of synonyms is not embedded.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
