using BenchmarkDotNet.Attributes;
using DigitalTwin.Engines.Extractive;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>Reading one question, on average over all that the visitors ask.</summary>
public class QuestionBenchmarks
{
    private const int Count = 20;

    private readonly IReadOnlyList<string> questions = Questions.All;

    [Benchmark(OperationsPerInvoke = Count)]
    public int Read()
    {
        var terms = 0;
        foreach (var question in questions)
        {
            terms += QuestionReader.Read(question, "Ada Lovelace").Terms.Count;
        }

        return terms;
    }
}
