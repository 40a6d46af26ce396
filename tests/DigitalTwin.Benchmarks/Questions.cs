using System.Text;
using System.Text.Json;

namespace DigitalTwin.Benchmarks;

/// <summary>What the visitors ask: the sample persona's life and work, one question that leans on the turn before, one that has no answer.</summary>
internal static class Questions
{
    public static IReadOnlyList<string> All { get; } =
    [
        "Who was Charles Babbage to you?",
        "What did you write about Bernoulli numbers?",
        "Could a machine compose music?",
        "When were you born?",
        "Who was your father?",
        "What did your mother want you to study?",
        "When did you marry William King?",
        "How many children did you have?",
        "What is the difference between the Difference Engine and the Analytical Engine?",
        "Why was the Analytical Engine never finished?",
        "Tell me more about that.",
        "Who taught you mathematics?",
        "What did Mary Somerville do for you?",
        "How many Notes did you add to the translation?",
        "What did Luigi Menabrea write?",
        "Can a machine think or originate anything?",
        "What are punched cards for?",
        "What did you mean by poetical science?",
        "Which football club do you support?",
        "What illness did you suffer from as a child?",
    ];

    /// <summary>The questions as JSON strings, with their quotes.</summary>
    public static IReadOnlyList<byte[]> AsJson { get; } = [.. All.Select(question => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(question)}\""))];
}
