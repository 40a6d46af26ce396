using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>What an answer may rest on, the same for every engine.</summary>
/// <param name="Question">The question, read.</param>
/// <param name="Terms">Its words as they stand in the knowledge; with those of the turn before when the question leans on it.</param>
/// <param name="Passages">The passages found, best first; markers and prompts number them from 1.</param>
/// <param name="Scores">How well each passage was found, falling, in the index's own unit.</param>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Previous">The turn before, when the question leans on it.</param>
/// <param name="Topic">What the question is about in words, for the next question's pronouns.</param>
public sealed record Grounding(
    QuestionReading Question,
    IReadOnlyList<GroundedTerm> Terms,
    IReadOnlyList<Passage> Passages,
    IReadOnlyList<double> Scores,
    Speaker Speaker,
    PreviousTurn? Previous,
    string Topic);

/// <param name="Term">The question's word.</param>
/// <param name="Weight">How much an answer owes to this word, 0 to 1: rare words count more.</param>
/// <param name="IsKnown">The knowledge has the word, a synonym or a correction of it.</param>
/// <param name="Correction">The stem that it was most likely meant to be.</param>
/// <param name="IsContext">It comes from the turn before.</param>
/// <param name="Shares">
/// What each of its synonyms is worth here: less than in general where the knowledge is full of it, 0 where it has none.
/// </param>
public sealed record GroundedTerm(
    QuestionTerm Term, float Weight, bool IsKnown, string? Correction, bool IsContext, IReadOnlyList<float> Shares);

/// <param name="Name">The persona's name.</param>
/// <param name="Greeting">How it opens a conversation.</param>
/// <param name="Suggestions">What it likes to be asked.</param>
public sealed record Speaker(string Name, string Greeting, IReadOnlyList<string> Suggestions);

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
