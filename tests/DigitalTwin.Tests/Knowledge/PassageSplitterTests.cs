using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

public sealed class PassageSplitterTests
{
    [Fact]
    public void Sections_become_passages_under_their_headings()
    {
        var passages = Split($"# Guide\n\n{Words(60)}\n\n## First\n\n{Words(80)}\n\n### Detail\n\n{Words(100)}\n\n## Second\n\n{Words(90)}");

        Assert.Equal(["", "First", "First › Detail", "Second"], passages.Select(passage => passage.Heading));
        Assert.Equal([0, 1, 2, 3], passages.Select(passage => passage.Ordinal));
    }

    [Fact]
    public void Tiny_neighbours_share_a_passage_that_names_both()
    {
        var passages = Split("# Guide\n\n## Email\n\nWrite to us.\n\n## Phone\n\nRing us.");

        var passage = Assert.Single(passages);
        Assert.Equal("Email · Phone", passage.Heading);
        Assert.Equal("Write to us.\nRing us.", passage.Text);
    }

    [Fact]
    public void A_long_section_is_cut_at_sentences_with_one_repeated()
    {
        var text = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"Sentence number {i} has exactly eight words here."));

        var passages = Split("# Guide\n\n" + text);

        Assert.True(passages.Count >= 3);
        Assert.All(passages, passage => Assert.InRange(PassagePacker.CountWords(passage.Text), 60, 215));
        Assert.All(passages, passage => Assert.Contains(passage.Text, text, StringComparison.Ordinal));
        for (var i = 1; i < passages.Count; i++)
        {
            Assert.Equal(Sentence(passages[i - 1], ^1), Sentence(passages[i], 0));
        }
    }

    [Fact]
    public void A_table_stays_in_one_passage()
    {
        var rows = string.Concat(Enumerable.Range(0, 18).Select(i => $"| Item {i} | £{i} |\n"));

        var passages = Split($"# Guide\n\n{Words(190)}\n\nThe fees:\n\n| Item | Fee |\n|---|---|\n{rows}");

        Assert.Single(passages, passage => passage.Text.Contains("Fee: £", StringComparison.Ordinal));
        Assert.Contains("The fees:\nItem 0 — Fee: £0", passages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_and_tokens_point_into_the_text()
    {
        var passage = Assert.Single(Split("# Guide\n\nAda was born in London. She wrote notes.\n\n- Item one"));

        Assert.Equal(
            ["Ada was born in London.", "She wrote notes.", "Item one"],
            passage.Sentences.Select(sentence => passage.Text.Substring(sentence.Start, sentence.Length)));
        Assert.Equal([0, 0, 1], passage.Sentences.Select(sentence => sentence.Paragraph));
        Assert.All(passage.Sentences.SelectMany(sentence => sentence.Tokens), token =>
            Assert.Equal(token.Word, passage.Text.Substring(token.Start, token.Length).ToLowerInvariant()));
        Assert.Equal("write", passage.Sentences[1].Tokens[1].Stem == TextAnalyzer.Stem("write") ? "write" : "other");
    }

    [Fact]
    public void Text_without_sentences_or_spaces_is_cut_all_the_same()
    {
        Assert.True(PassageSplitter.Split("d", "t", DocumentText.FromPlainText(new string('x', 100_000))).Count > 10);
        Assert.True(PassageSplitter.Split("d", "t", DocumentText.FromPlainText(Words(5_000).Replace(".", "", StringComparison.Ordinal))).Count > 10);
        Assert.Empty(PassageSplitter.Split("d", "t", DocumentText.FromPlainText(" \n \0 ")));
    }

    [Fact]
    public void A_document_of_headings_only_can_be_found()
    {
        Assert.Equal("One\nTwo", Assert.Single(Split("# One\n\n## Two")).Text);
    }

    static IReadOnlyList<Passage> Split(string markdown) =>
        PassageSplitter.Split("guide", "Guide", DocumentText.FromMarkdown(markdown));

    static string Sentence(Passage passage, Index index)
    {
        var sentence = passage.Sentences[index.GetOffset(passage.Sentences.Count)];
        return passage.Text.Substring(sentence.Start, sentence.Length);
    }

    static string Words(int count) => string.Join(' ', Enumerable.Range(1, count).Select(i => i % 10 == 0 ? "word." : i % 10 == 1 ? "A" : "word"));
}
