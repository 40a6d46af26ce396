using System.Buffers;
using BenchmarkDotNet.Attributes;
using DigitalTwin.Chat;
using DigitalTwin.Memory;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>A whole turn as server-sent events: an answer of 400 characters with two citations.</summary>
public class StreamBenchmarks
{
    private static readonly TurnRecord Turn = new()
    {
        Status = TurnStatus.Answered,
        Question = "What did you write about Bernoulli numbers?",
        Answer = string.Concat(Enumerable.Repeat("In Note G I showed how the engine could compute them, step by step. [1] ", 6)),
        Citations =
        [
            new Citation(1, "bernoulli-numbers", "The numbers of Bernoulli", "Note G shows how the engine could compute the numbers of Bernoulli, step by step."),
            new Citation(2, "persona", "About Ada Lovelace", "I signed the work only with my initials, A.A.L."),
        ],
        Suggestions = ["Who was Charles Babbage to you?", "Could a machine compose music?", "When were you born?"],
        Engine = "extractive",
        CreatedAt = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero),
    };

    private readonly ArrayBufferWriter<byte> output = new(16 << 10);
    private readonly TurnId id = new("s-0123456789ABCDEFGHJKMNPQRS", 7);

    [Benchmark]
    public int Whole_turn()
    {
        output.ResetWrittenCount();
        using var events = new UiMessageStream(output, id, Turn.CreatedAt, null, default);
        events.WriteStart();
        events.WriteText(Turn.Answer);
        events.WriteEnd(Turn);
        return output.WrittenCount;
    }
}
