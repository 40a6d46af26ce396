using BenchmarkDotNet.Attributes;
using DigitalTwin.Chat;
using DigitalTwin.Engines;
using DigitalTwin.Persona;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>What a turn thinks, without HTTP and storage, on the sample persona and on average over all that the visitors ask.</summary>
public class AnswerBenchmarks
{
    private const int Count = 20;

    private QuietApp app = null!;
    private PersonaVersion persona = null!;
    private Grounder grounder = null!;
    private IChatClient engines = null!;
    private Grounding[] groundings = null!;
    private string[] answers = null!;

    [GlobalSetup]
    public void Start()
    {
        app = QuietApp.StartAsync().GetAwaiter().GetResult();
        persona = app.Parts.GetRequiredService<PersonaStore>().CurrentAsync().AsTask().GetAwaiter().GetResult();
        grounder = app.Parts.GetRequiredService<Grounder>();
        engines = app.Parts.GetRequiredService<IChatClient>();
        groundings = [.. Questions.All.Select(question => Ground(question))];
        answers = [.. groundings.Select(Ask)];
    }

    [GlobalCleanup]
    public void Stop() => app.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Reading the question and finding the passages.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Ground()
    {
        var passages = 0;
        foreach (var question in Questions.All)
        {
            passages += Ground(question).Passages.Count;
        }

        return passages;
    }

    /// <summary>The extractive engine, behind the failover.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Answer()
    {
        var length = 0;
        foreach (var grounding in groundings)
        {
            length += Ask(grounding).Length;
        }

        return length;
    }

    /// <summary>The citations of the answer.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Cite()
    {
        var citations = 0;
        for (var i = 0; i < groundings.Length; i++)
        {
            var markers = new CitationMarkers(groundings[i].Passages.Count);
            citations += CitationBuilder.Build(markers.Push(answers[i]), markers.Used, groundings[i], marksAll: true).Count;
        }

        return citations;
    }

    /// <summary>The index and the extractive engine never wait.</summary>
    private Grounding Ground(string question) =>
        grounder.GroundAsync(question, [], persona, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private string Ask(Grounding grounding) => engines.GetResponseAsync([], new GroundedChatOptions(grounding)).GetAwaiter().GetResult().Text;
}
