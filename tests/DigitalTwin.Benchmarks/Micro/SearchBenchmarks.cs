using BenchmarkDotNet.Attributes;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>Finding the eight best passages, on average over all that the visitors ask.</summary>
public class SearchBenchmarks
{
    private const int Top = 8;
    private const int Count = 20;

    private readonly PassageIndex index = new();
    private readonly WeightedWord[][] words = [.. Questions.All.Select(WordsOf)];

    [Params(60, 10_000)]
    public int Passages { get; set; }

    [GlobalSetup]
    public void Fill() => index.PutMany(SyntheticCorpus.Of(Passages));

    /// <summary>By the weighted words of the question and their synonyms, as a chat turn asks.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Words()
    {
        var hits = 0;
        foreach (var query in words)
        {
            hits += index.Search(query, Top).Hits.Count;
        }

        return hits;
    }

    /// <summary>By the question as it stands, as the owner's search asks.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Question()
    {
        var hits = 0;
        foreach (var question in Questions.All)
        {
            hits += index.Search(question, Top).Hits.Count;
        }

        return hits;
    }

    private static WeightedWord[] WordsOf(string question) =>
    [
        .. QuestionReader.Read(question, "Ada Lovelace").Terms.SelectMany(term =>
            term.Synonyms.Select(synonym => new WeightedWord(synonym.Stem, synonym.Stem, synonym.Share / 2, MayBeMisspelt: false))
                .Prepend(new WeightedWord(term.Word, term.Stem, term.Weight, MayBeMisspelt: term.Synonyms.Count == 0))),
    ];
}
