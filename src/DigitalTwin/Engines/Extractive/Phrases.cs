namespace DigitalTwin.Engines.Extractive;

/// <summary>What the extractive engine says in its own words.</summary>
internal static class Phrases
{
    public const string NothingMore = "I have nothing more to say about that. Please ask me something else.";

    public static string For(QuestionKind smallTalk, Speaker speaker) => smallTalk switch
    {
        QuestionKind.Thanks => "You are welcome. Is there anything else you would like to know?",
        QuestionKind.Goodbye => "Goodbye, and thank you for the conversation.",
        QuestionKind.HowAreYou => $"I am well, thank you. {speaker.Greeting}",
        QuestionKind.Acknowledgement => $"What would you like to know?{Examples(speaker)}",
        QuestionKind.Nature =>
            $"I am the AI twin of {speaker.Name}: a program that answers from documents about {speaker.Name} and shows where each answer comes from.",
        QuestionKind.Capabilities => $"You can ask me about anything in my documents, and I will show you where each answer comes from.{Examples(speaker)}",
        _ => $"Hello, I am {speaker.Name}'s AI twin. {speaker.Greeting}",
    };

    /// <summary>Honest, without a citation, and with a way on.</summary>
    public static string DoNotKnow(Grounding grounding) =>
        $"I don't know: my documents do not say.{Examples(grounding.Speaker)}";

    public static string MoreOfWhat(Speaker speaker) => $"More about what? Please ask me a question.{Examples(speaker)}";

    private static string Examples(Speaker speaker) =>
        speaker.Suggestions.Count > 0 ? $" You could ask me, for example: “{speaker.Suggestions[0]}”" : "";
}
