using System.Text.Json.Nodes;
using DigitalTwin.Knowledge;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>
/// Asks the extractive engine the questions of twenty-eight personas over HTTP: plain, misspelt and follow-up questions that the documents
/// answer, often in other words, and questions that they do not answer. The tiny ones have one to three documents. The floors are what was
/// measured, less one question; the last four personas were never looked at while the engine was made.
/// </summary>
public sealed class GoldenQuestionsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("ada-lovelace", 0.82, 0.83)]
    [InlineData("dental-practice", 0.59, 0.88)]
    [InlineData("jazz-bassist", 0.53, 0.94)]
    [InlineData("software-engineer", 0.59, 0.77)]
    [InlineData("gregor-mendel", 0.55, 0.83)]
    [InlineData("city-bike-shop", 0.82, 0.68)]
    [InlineData("marie-curie", 0.74, 0.8)]
    [InlineData("mountain-hostel", 0.84, 0.8)]
    [InlineData("violin-maker", 0.78, 0.68)]
    [InlineData("backup-software", 0.64, 0.87)]
    [InlineData("fridtjof-nansen", 0.79, 0.93)]
    [InlineData("hospital-consultant", 0.78, 0.87)]
    [InlineData("municipal-office", 0.9, 0.81)]
    [InlineData("river-charity", 0.75, 0.68)]
    [InlineData("salt-museum", 0.69, 0.93)]
    [InlineData("soundscape-lab", 0.76, 0.81)]
    [InlineData("tiny-app-faq", 0.86, 0.8)]
    [InlineData("tiny-bakery", 0.86, 0.6)]
    [InlineData("tiny-beekeeper", 0.66, 0.6)]
    [InlineData("tiny-canal-boat", 0.62, 0.5)]
    [InlineData("tiny-dog-walker", 0.81, 0.75)]
    [InlineData("tiny-professor", 0.73, 0.8)]
    [InlineData("tiny-rock-band", 0.73, 0.6)]
    [InlineData("tiny-village-club", 0.73, 0.8)]
    [InlineData("community-library", 0.38, 0.66)]
    [InlineData("marine-biologist", 0.42, 0.77)]
    [InlineData("freelance-translator", 0.74, 0.81)]
    [InlineData("startup-founder", 0.72, 0.8)]
    public async Task Answers_name_the_right_source_and_what_is_unknown_is_declined(string persona, double leastRight, double leastDeclined)
    {
        var folder = Path.Combine(Repository.Root, "tests", "DigitalTwin.Tests", "Golden", "personas", persona);
        var seed = persona == "ada-lovelace" ? Path.Combine(Repository.Root, "src", "DigitalTwin", "seed") : folder;
        await using var twin = TwinFixture.Start(settings: ("Twin:Persona:SeedPath", seed));
        var score = new Score(await File.ReadAllTextAsync(Path.Combine(folder, "questions.json"), TestContext.Current.CancellationToken), seed);

        await score.AskAllAsync(twin);

        output.WriteLine($"{persona}: right source {score.Right}/{score.Answerable}, declined {score.Declined}/{score.Unanswerable}");
        output.WriteLine(string.Join(Environment.NewLine, score.Misses));
        Assert.Empty(score.QuotesNotVerbatim);
        Assert.True(score.Right >= leastRight * score.Answerable, $"right source: {score.Right}/{score.Answerable}");
        Assert.True(score.Declined >= leastDeclined * score.Unanswerable, $"declined: {score.Declined}/{score.Unanswerable}");
    }

    [Theory]
    [InlineData("Who was Charles Babbage to you?", "charles-babbage", "Charles Babbage")]
    [InlineData("What did you write about Bernoulli numbers?", "bernoulli-numbers", "Bernoulli")]
    [InlineData("When were you born?", "early-life", "10 December 1815")]
    public async Task The_sample_persona_answers_from_the_right_document(string question, string documentId, string said)
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(question);

        Assert.Contains(said, answer.Text("answer"), StringComparison.Ordinal);
        Assert.Equal(documentId, answer["citations"]![0]!["documentId"]!.GetValue<string>());
    }

    /// <summary>Asks a set of questions and counts.</summary>
    private sealed class Score
    {
        private readonly Dictionary<string, JsonObject> items;
        private readonly Dictionary<string, IReadOnlyList<Passage>> passages = [];

        public Score(string questions, string seed)
        {
            items = JsonNode.Parse(questions)!["items"]!.AsArray().Select(item => item!.AsObject()).ToDictionary(item => item.Text("id"));
            foreach (var file in Directory.GetFiles(Path.Combine(seed, "knowledge")))
            {
                var document = DocumentText.Read(File.ReadAllText(file), DocumentMediaTypes.Of(file)!);
                passages[Path.GetFileNameWithoutExtension(file)] = PassageSplitter.Split("d", document.Title ?? "", document);
            }

            passages["persona"] = PassageSplitter.Split("persona", "", DocumentText.FromPlainText(File.ReadAllText(Path.Combine(seed, "me.txt")).Trim()));
        }

        public int Answerable { get; private set; }

        public int Right { get; private set; }

        public int Unanswerable { get; private set; }

        public int Declined { get; private set; }

        public List<string> Misses { get; } = [];

        public List<string> QuotesNotVerbatim { get; } = [];

        public async Task AskAllAsync(TwinFixture twin)
        {
            foreach (var item in items.Values)
            {
                using var visitor = twin.NewVisitor();
                var first = item["after"]?.GetValue<string>() is { } after ? await visitor.AskAsync(items[after].Text("ask")) : null;
                Count(item, await visitor.AskAsync(item.Text("ask"), first?.Text("sessionId")));
            }
        }

        private void Count(JsonObject item, JsonObject answer)
        {
            var citations = answer["citations"]!.AsArray();
            QuotesNotVerbatim.AddRange(citations.Where(c => !IsVerbatim(c!.AsObject())).Select(c => c!["quote"]!.GetValue<string>()));
            var answerable = item.Text("kind") != "unanswerable";
            var good = answerable
                ? citations.Count > 0 && item["sources"]!.AsArray().Any(s => s!.GetValue<string>() == citations[0]!["documentId"]!.GetValue<string>())
                : citations.Count == 0;
            (Answerable, Unanswerable) = answerable ? (Answerable + 1, Unanswerable) : (Answerable, Unanswerable + 1);
            Right += answerable && good ? 1 : 0;
            Declined += !answerable && good ? 1 : 0;
            if (!good)
            {
                Misses.Add($"{item.Text("kind")}: {item.Text("ask")} → {string.Join(", ", citations.Select(c => c!["documentId"]))}");
            }
        }

        private bool IsVerbatim(JsonObject citation) =>
            passages[citation.Text("documentId")].Any(passage => passage.Text.Contains(citation.Text("quote"), StringComparison.Ordinal));
    }
}
