using System.Text.Json;
using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

/// <summary>Ranking quality on a collection of abstracts with graded questions; fts5.py beside it gives SQLite's figure.</summary>
public sealed class RankingTests
{
    const double Floor = 0.78;

    [Fact]
    public void Ranking_beats_plain_BM25_by_a_clear_margin()
    {
        var collection = Collection.Load();
        var index = new PassageIndex();
        index.PutMany(collection.Documents.Select(document => KeyValuePair.Create(
            document.Id, PassageSplitter.Split(document.Id, document.Title, DocumentText.FromPlainText(document.Text)))));
        var plain = new PlainBm25(collection.Documents);

        var ours = collection.MeanNdcg(question => index.SearchDocuments(question, 10).Select(hit => hit.DocumentId));
        var baseline = collection.MeanNdcg(plain.Search);

        TestContext.Current.SendDiagnosticMessage($"nDCG@10 {ours:F4}, plain BM25 {baseline:F4}");
        Assert.True(ours >= Floor, $"nDCG@10 fell to {ours:F4}");
        Assert.True(ours >= 1.05 * baseline, $"nDCG@10 {ours:F4} is not 5 % above plain BM25's {baseline:F4}");
    }

    sealed record Document(string Id, string Title, string Text);

    sealed record Question(string Text, Dictionary<string, int> Grades);

    sealed record Collection(IReadOnlyList<Document> Documents, IReadOnlyList<Question> Questions)
    {
        public static Collection Load()
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Knowledge", "graded", "collection.json")));
            return new(
                [.. json.RootElement.GetProperty("documents").EnumerateArray().Select(d => new Document(
                    d.GetProperty("id").GetString()!, d.GetProperty("title").GetString()!, d.GetProperty("text").GetString()!))],
                [.. json.RootElement.GetProperty("queries").EnumerateArray().Select(q => new Question(
                    q.GetProperty("text").GetString()!,
                    q.GetProperty("grades").EnumerateObject().ToDictionary(grade => grade.Name, grade => grade.Value.GetInt32())))]);
        }

        public double MeanNdcg(Func<string, IEnumerable<string>> search) => Questions.Average(question =>
            Gain(search(question.Text).Select(id => question.Grades.GetValueOrDefault(id)))
            / Gain(question.Grades.Values.OrderDescending()));

        static double Gain(IEnumerable<int> grades) =>
            grades.Take(10).Select((grade, rank) => (Math.Pow(2, grade) - 1) / Math.Log2(rank + 2)).Sum();
    }

    /// <summary>SQLite FTS5's bm25(): k1 1.2, b 0.75, title and text alike, no stop words, any word may match.</summary>
    sealed class PlainBm25(IReadOnlyList<Document> documents)
    {
        readonly List<(string Id, Dictionary<string, int> Counts, int Length)> analysed = [.. documents.Select(Analyse)];

        public IEnumerable<string> Search(string question)
        {
            var average = analysed.Average(document => document.Length);
            var stems = Stems(question).Distinct().ToArray();
            var idf = stems.ToDictionary(stem => stem, stem =>
            {
                var having = analysed.Count(document => document.Counts.ContainsKey(stem));
                return Math.Max(1e-6, Math.Log((analysed.Count - having + 0.5) / (having + 0.5)));
            });
            return analysed.OrderByDescending(document => stems.Sum(stem =>
            {
                double count = document.Counts.GetValueOrDefault(stem);
                return idf[stem] * count * 2.2 / (count + (1.2 * (0.25 + (0.75 * document.Length / average))));
            })).Take(10).Select(document => document.Id);
        }

        static (string, Dictionary<string, int>, int) Analyse(Document document)
        {
            var stems = Stems(document.Title + " " + document.Text).ToArray();
            return (document.Id, stems.CountBy(stem => stem).ToDictionary(), stems.Length);
        }

        static IEnumerable<string> Stems(string text) =>
            new string([.. text.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : ' ')])
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => EnglishStemmer.Stem(word));
    }
}
