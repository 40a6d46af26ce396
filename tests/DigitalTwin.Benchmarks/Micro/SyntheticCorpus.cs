using System.Globalization;
using System.Text;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>
/// As many passages as are asked for, in documents of ten: sentences of the sample persona's documents, mixed, with invented words of
/// a Zipf-like distribution in between, so that the number of words grows with the corpus. The same every time.
/// </summary>
internal static class SyntheticCorpus
{
    private const int PassagesPerDocument = 10;
    private const int SentencesPerPassage = 6;
    private const int InventedWords = 30_000;

    public static IEnumerable<KeyValuePair<string, IReadOnlyList<Passage>>> Of(int passages)
    {
        var sentences = SeedSentences();
        var random = new Random(1815);
        for (var document = 0; document * PassagesPerDocument < passages; document++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"d-{document}");
            var count = Math.Min(PassagesPerDocument, passages - (document * PassagesPerDocument));
            var texts = Enumerable.Range(0, count).Select(ordinal => Passage.Create(id, $"Document {document}", "", ordinal, Text(sentences, random)));
            yield return new(id, [.. texts]);
        }
    }

    private static string Text(string[] sentences, Random random)
    {
        var text = new StringBuilder();
        for (var i = 0; i < SentencesPerPassage; i++)
        {
            var invented = (int)Math.Pow(InventedWords, random.NextDouble());
            text.Append(CultureInfo.InvariantCulture, $"{sentences[random.Next(sentences.Length)]} The matter of zq{invented:x}on was noted. ");
        }

        return text.ToString();
    }

    private static string[] SeedSentences() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "seed", "knowledge")).Order(StringComparer.Ordinal)
            .SelectMany(file => PassageSplitter.Split("seed", "", DocumentText.FromMarkdown(File.ReadAllText(file))))
            .SelectMany(passage => passage.Sentences.Select(sentence => passage.Text.Substring(sentence.Start, sentence.Length))),
    ];
}
