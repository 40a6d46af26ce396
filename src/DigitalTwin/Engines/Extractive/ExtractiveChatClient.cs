using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DigitalTwin.Knowledge;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// The built-in engine: no model, no network. It answers with the sentences of the knowledge that answer the question, verbatim and
/// marked with their passages, or says that it does not know. It needs <see cref="GroundedChatOptions"/>.
/// </summary>
internal sealed class ExtractiveChatClient : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var grounding = (options as GroundedChatOptions)?.Grounding
            ?? throw new ArgumentException("The extractive engine answers from GroundedChatOptions only.", nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        yield return new ChatResponseUpdate(ChatRole.Assistant, Answer(grounding)) { ModelId = EngineSettings.ExtractiveEngine };
        await Task.CompletedTask;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static string Answer(Grounding grounding) => grounding.Question.Kind switch
    {
        QuestionKind.Question => Quote(grounding, AnswerSelector.Select(grounding, null)) ?? Phrases.DoNotKnow(grounding),
        QuestionKind.More => More(grounding),
        QuestionKind.Identity => Introduce(grounding),
        var smallTalk => Phrases.For(smallTalk, grounding.Speaker),
    };

    private static string More(Grounding grounding) => grounding.Previous is { } previous
        ? Quote(grounding, AnswerSelector.Select(grounding, previous.Answer)) ?? Phrases.NothingMore
        : Phrases.MoreOfWhat(grounding.Speaker);

    /// <summary>The first sentences of the persona's own text.</summary>
    private static string Introduce(Grounding grounding) =>
        grounding.Passages is [{ Sentences.Count: > 0 } first, ..]
            ? Quote(grounding, [.. Enumerable.Range(0, Math.Min(2, first.Sentences.Count)).Select(s => new SentenceScore(0, s, 1))])!
            : Phrases.For(QuestionKind.Greeting, grounding.Speaker);

    /// <summary>The sentences, each run of neighbours followed by its passage's marker; null when there are none.</summary>
    private static string? Quote(Grounding grounding, IReadOnlyList<SentenceScore> sentences)
    {
        if (sentences.Count == 0)
        {
            return null;
        }

        var answer = new StringBuilder();
        for (var i = 0; i < sentences.Count; i++)
        {
            var passage = sentences[i].Passage;
            if (answer.Length > 0)
            {
                answer.Append(i > 0 && sentences[i - 1].Passage != passage ? "\n\n" : " ");
            }

            answer.Append(AnswerSelector.SpanOf(grounding, sentences[i]));
            if (i + 1 == sentences.Count || !AreNeighbours(grounding.Passages[passage], sentences[i], sentences[i + 1]))
            {
                answer.Append(CultureInfo.InvariantCulture, $" [{passage + 1}]");
            }
        }

        return answer.ToString();
    }

    /// <summary>The second follows the first with nothing but a space between, so that the two together are verbatim as well.</summary>
    private static bool AreNeighbours(Passage passage, SentenceScore first, SentenceScore second)
    {
        if (second.Passage != first.Passage || second.Sentence != first.Sentence + 1)
        {
            return false;
        }

        var end = passage.Sentences[first.Sentence].Start + passage.Sentences[first.Sentence].Length;
        return passage.Sentences[second.Sentence].Start == end + 1 && passage.Text[end] == ' ';
    }
}
