using DigitalTwin.Engines.Extractive;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Engines;

/// <summary>The table that the twin carries is made here from the list that people read: <c>UPDATE_GOLDEN=1</c> writes it.</summary>
public sealed class SynonymTableTests
{
    private static readonly string Folder = Repository.Path("src", "DigitalTwin", "Engines", "Extractive", "Lexicon");
    private static readonly SynonymList List = SynonymList.Read(File.ReadLines(Path.Combine(Folder, "english-synonyms.txt")));

    [Fact]
    public void The_table_is_what_the_list_makes()
    {
        var path = Path.Combine(Folder, "english-synonyms.bin");
        var bytes = List.ToBytes();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllBytes(path, bytes);
        }

        Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes), "english-synonyms.txt has changed; run once with UPDATE_GOLDEN=1.");
    }

    [Fact]
    public void The_table_has_the_synonyms_of_every_stem_in_the_lists_order()
    {
        var table = new SynonymTable(List.ToBytes());

        Assert.All(List.Synonyms, pair => Assert.Equal(pair.Value, table.Of(pair.Key)));
        Assert.Equal(List.Words, table.Words);
    }

    [Theory]
    [InlineData("")]
    [InlineData("aaaa")]
    [InlineData("zzzz")]
    [InlineData("naïveté")]
    [InlineData("\ud800")]
    public void A_word_that_the_list_has_not_has_no_synonyms(string stem)
    {
        Assert.Empty(Synonyms.Of(stem));
        Assert.Empty(Synonyms.Of(new string('x', 4000)));
    }

    [Fact]
    public void Stand_ins_count_more_than_associations_and_either_less_in_the_other_direction()
    {
        var table = new SynonymTable(SynonymList.Read(["# a comment", "", "cat: feline | purr", "purr: hum"]).ToBytes());

        Assert.Equal([new Synonym("felin", 0.85f), new Synonym("purr", 0.5f)], table.Of("cat"));
        Assert.Equal([new Synonym("hum", 0.85f), new Synonym("cat", 0.5f * 0.8f)], table.Of("purr"));
        Assert.Equal([new Synonym("cat", 0.85f * 0.8f)], table.Of("felin"));
    }
}
