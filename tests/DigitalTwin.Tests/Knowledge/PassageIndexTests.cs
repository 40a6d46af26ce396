using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

public sealed class PassageIndexTests
{
    readonly PassageIndex index = new();

    [Fact]
    public void The_passage_with_the_asked_words_comes_first()
    {
        Put("engine", "The analytical engine was designed by Babbage.");
        Put("garden", "Roses were grown in the garden behind the house.");

        var result = index.Search("Who designed the engine?", 5);

        Assert.Equal("engine", result.Hits[0].Passage.DocumentId);
        Assert.Single(result.Hits);
        Assert.Equal(["designed", "engine"], result.Terms.Select(term => term.Word));
        Assert.All(result.Terms, term => Assert.Equal(1, term.PassageFrequency));
    }

    [Fact]
    public void A_title_or_heading_is_enough_to_be_found()
    {
        index.Put("a", [Passage.Create("a", "Opening hours", "Holidays", 0, "We are away all week.")]);

        Assert.Single(index.Search("opening", 5).Hits);
        Assert.Single(index.Search("holiday", 5).Hits);
    }

    [Fact]
    public void A_replaced_document_is_found_by_its_new_text_only()
    {
        Put("a", "The old text mentions zebras.");
        Put("a", "The new text mentions giraffes.");

        Assert.Empty(index.Search("zebras", 5).Hits);
        Assert.True(Assert.Single(index.Search("zebras", 5).Terms).IsUnknown);
        Assert.Single(index.Search("giraffes", 5).Hits);
        Assert.Equal(1, index.PassageCount);
    }

    [Fact]
    public void A_removed_document_leaves_no_trace()
    {
        Put("a", "Alpha text.");
        Put("b", "Beta text.");

        Assert.True(index.Remove("a"));
        Assert.False(index.Remove("a"));
        Assert.Empty(index.Search("alpha", 5).Hits);
        Assert.Single(index.Search("text", 5).Hits);
        Assert.Equal(1, index.DocumentCount);
    }

    [Fact]
    public void A_short_word_of_a_removed_document_is_unknown()
    {
        index.PutMany(Enumerable.Range(0, 40).Select(i => $"d{i}")
            .Select(id => KeyValuePair.Create<string, IReadOnlyList<Passage>>(id, [Create(id, id == "d0" ? "A quoll." : "Some other text.")])));
        index.Remove("d0");

        var term = Assert.Single(index.Search("quoll", 5).Terms);

        Assert.True(term.IsUnknown);
        Assert.Null(term.CorrectedTo);
    }

    [Fact]
    public void Any_order_of_changes_gives_the_scores_of_a_fresh_index()
    {
        var texts = Enumerable.Range(0, 200).ToDictionary(i => $"d{i}", i => $"Common word{(char)('a' + (i % 20))} text number n{i} about thing{i % 7}.");
        var bulk = new PassageIndex();
        bulk.PutMany(texts.Select(pair => KeyValuePair.Create<string, IReadOnlyList<Passage>>(pair.Key, [Create(pair.Key, pair.Value)])));

        foreach (var (id, text) in texts.Reverse())
        {
            Put(id, "Draft words that go away, thing3.");
            Put(id, text);
            Put("gone" + id, text);
        }

        foreach (var id in texts.Keys)
        {
            Assert.True(index.Remove("gone" + id));
        }

        Assert.Equal(bulk.PassageCount, index.PassageCount);
        foreach (var question in (ReadOnlySpan<string>)["thing3 common", "n17", "wordb thing5 number", "draft"])
        {
            Assert.Equal(Scores(bulk, question), Scores(index, question));
        }
    }

    [Fact]
    public void Repeated_words_count_once_and_parts_of_known_compounds_need_not_be_known()
    {
        Put("a", "Our e-mail address is on the website.");

        Assert.Equal(["email"], index.Search("email e-mail Email", 5).Terms.Select(term => term.Word).Take(1));
        Assert.DoesNotContain(index.Search("web-site", 5).Terms, term => term.IsUnknown);
        Assert.Single(index.Search("email", 5).Hits);
    }

    [Theory]
    [InlineData("conservatiore", "conservatoire")]
    [InlineData("hygenist", "hygienist")]
    [InlineData("brinlog", "brinelog")]
    [InlineData("musik", null)]
    [InlineData("linkdin", "linkedin")]
    [InlineData("treatmnet", "treatment")]
    [InlineData("mortgge", "mortgage")]
    public void Misspelt_words_find_what_was_meant(string asked, string? meant)
    {
        Put("a", "The conservatoire hygienist wrote brinelog on linkedin about treatment of a mortgage.");

        var term = Assert.Single(index.Search(asked, 5).Terms);

        Assert.Equal(meant, term.CorrectedTo);
        Assert.Equal(meant is null, term.IsUnknown);
    }

    [Theory]
    [InlineData("pizza")]
    [InlineData("Peru")]
    [InlineData("pets")]
    [InlineData("claim")]
    [InlineData("abroad")]
    [InlineData("sick")]
    [InlineData("quantum")]
    [InlineData("xyzzyq")]
    public void Words_that_are_right_but_unknown_stay_unknown(string asked)
    {
        Put("a", "The piazza is near the pert rest camp; call the board, the silk quarter and the best road per person.");

        var term = Assert.Single(index.Search(asked, 5).Terms);

        Assert.True(term.IsUnknown);
        Assert.Null(term.CorrectedTo);
    }

    [Fact]
    public void Documents_are_listed_once_by_their_best_passage()
    {
        index.Put("a", [Create("a", "The tornado came at noon."), Create("a", "The tornado broke the roof tiles of the tower.") with { Ordinal = 1 }]);
        Put("b", "A tornado elsewhere.");

        var documents = index.SearchDocuments("tornado roof tiles", 10);

        Assert.Equal(["a", "b"], documents.Select(hit => hit.DocumentId));
        Assert.Equal(1, documents[0].BestPassage.Ordinal);
    }

    [Fact]
    public void Nothing_asked_or_nothing_known_finds_nothing()
    {
        Assert.Empty(index.Search("anything", 5).Hits);
        Put("a", "Some text.");

        Assert.Empty(index.Search("", 5).Hits);
        Assert.Empty(index.Search("who are you", 5).Hits);
        Assert.Empty(index.Search("text", 0).Hits);
    }

    [Fact]
    public async Task Searches_see_whole_documents_while_others_write()
    {
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (var hit in index.Search("stable marker", 50).Hits.GroupBy(hit => hit.Passage.DocumentId))
                {
                    Assert.Equal(2, hit.Count());
                    Assert.Single(hit.Select(one => one.Passage.Title).Distinct());
                }
            }
        })).ToArray();

        for (var i = 0; i < 2_000; i++)
        {
            var id = $"d{i % 23}";
            index.Put(id, [Passage.Create(id, $"v{i}", "", 0, "A stable marker one."), Passage.Create(id, $"v{i}", "", 1, "A stable marker two.")]);
            if (i % 5 == 0)
            {
                index.Remove($"d{(i + 7) % 23}");
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(reading);
    }

    void Put(string id, string text) => index.Put(id, [Create(id, text)]);

    static Passage Create(string id, string text) => Passage.Create(id, "", "", 0, text);

    static IEnumerable<(string, double)> Scores(PassageIndex index, string question) =>
        index.Search(question, 30).Hits.Select(hit => (hit.Passage.DocumentId, Math.Round(hit.Score, 4))).OrderBy(pair => pair.DocumentId);
}
