using DigitalTwin.Knowledge;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>What an answer may rest on, the same for every engine.</summary>
/// <param name="Question">The question, read.</param>
/// <param name="Passages">The passages found, best first; markers and prompts number them from 1.</param>
/// <param name="Search">How the question's words fared in the index.</param>
/// <param name="Persona">Who speaks.</param>
/// <param name="Previous">The turn before, when the question leans on it.</param>
public sealed record Grounding(
    QuestionReading Question, IReadOnlyList<Passage> Passages, SearchResult Search, Speaker Persona, PreviousTurn? Previous)
{
    /// <summary>What the question is about in words, for the next question's pronouns.</summary>
    public required string Topic { get; init; }
}

/// <param name="Name">The persona's name.</param>
/// <param name="Greeting">How it opens a conversation.</param>
public sealed record Speaker(string Name, string Greeting);

/// <param name="Topic">What it was about.</param>
/// <param name="Answer">What was said, so that it need not be said again.</param>
/// <param name="DocumentIds">The documents it cited.</param>
public sealed record PreviousTurn(string Topic, string Answer, IReadOnlyList<string> DocumentIds);

/// <summary>Options that carry the grounding to an engine that reads passages instead of a prompt.</summary>
public sealed class GroundedChatOptions(Grounding grounding) : ChatOptions
{
    public Grounding Grounding { get; } = grounding;

    public override ChatOptions Clone() => this;
}
