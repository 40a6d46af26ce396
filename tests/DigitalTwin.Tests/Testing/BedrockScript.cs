using System.Text.RegularExpressions;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// Answers for <see cref="ScriptedServer{TRequest, TReply}.Otherwise"/>: from the passages of the prompt, or what a question asks for in brackets, so that
/// a suite in another process can script the model through the chat itself: <c>[bedrock:500]</c>, <c>[bedrock:429]</c>,
/// <c>[bedrock:hang]</c>, <c>[bedrock:cut]</c>, <c>[bedrock:exception]</c>; and behind the first words of an answer
/// <c>[bedrock:late-cut]</c>, <c>[bedrock:late-exception]</c>, <c>[bedrock:late-hang]</c>.
/// </summary>
public static partial class BedrockScript
{
    public const string DoNotKnow = "I do not know that.";
    private const int FewestSharedWords = 2;
    private const int ShortestWord = 4;

    /// <summary>A reset throws away what the client has not read yet.</summary>
    private static readonly TimeSpan BeforeReset = TimeSpan.FromMilliseconds(200);

    public static BedrockReply ByQuestion(BedrockRequest request) => Wish().Match(request.Question).Groups[1].Value switch
    {
        "" => FromPassages(request),
        "hang" => BedrockReply.Hang(),
        "cut" => BedrockReply.CutAtOnce(),
        "exception" => BedrockReply.Gated().Role().Exception("throttlingException").Done(),
        "late-cut" => Begun().Pause(BeforeReset).Cut(),
        "late-exception" => Begun().Exception("modelStreamErrorException").Done(),
        "late-hang" => Begun(),
        var status => BedrockReply.Status(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)),
    };

    /// <summary>The sentence of the prompt's passages that shares most words with the question, with the passage's marker, word by word.</summary>
    public static BedrockReply FromPassages(BedrockRequest request)
    {
        var asked = Words(request.Question);
        var best = Passage().Matches(request.System)
            .SelectMany(passage => Sentence().Matches(passage.Groups[2].Value)
                .Select(sentence => (Text: $"{sentence.Value.Trim()} [{passage.Groups[1].Value}]", Shared: Words(sentence.Value).Count(asked.Contains))))
            .OrderByDescending(found => found.Shared)
            .FirstOrDefault();
        var answer = best.Shared >= FewestSharedWords ? best.Text : DoNotKnow;
        return BedrockReply.Of([.. Token().Matches(answer).Select(token => token.Value)]);
    }

    private static BedrockReply Begun() => BedrockReply.Gated().Role().Token("I began ");

    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text).Select(word => word.Value.ToLowerInvariant()).Where(word => word.Length >= ShortestWord)];

    [GeneratedRegex(@"\[bedrock:([\w-]+)\]")]
    private static partial Regex Wish();

    /// <summary>As the twin's prompt has them: a number, a title, the text between triple quotes.</summary>
    [GeneratedRegex("^\\[(\\d+)\\] [^\n]*\n\"\"\"\n(.*?)\n\"\"\"", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Passage();

    [GeneratedRegex(@"[^.!?\n]+[.!?]*")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\S+\s*")]
    private static partial Regex Token();
}
