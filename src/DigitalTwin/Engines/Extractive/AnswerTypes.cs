using System.Collections.Frozen;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>Whether a sentence holds the kind of thing that a question asks for.</summary>
internal static class AnswerTypes
{
    private static readonly FrozenSet<string> TimeWords = Set(
        "january february march april may june july august september october november december monday tuesday wednesday thursday friday "
        + "saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays today tomorrow yesterday morning afternoon evening night "
        + "noon midnight spring summer autumn winter century year years month months week weeks day days hour hours minute minutes daily weekly "
        + "weekday weekdays weekend weekends annually yearly age aged am pm o'clock christmas easter");

    private static readonly FrozenSet<string> NumberWords = Set(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty "
        + "thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million half dozen once twice none no free daily weekly every");

    private static readonly FrozenSet<string> PlaceWords = Set("in at near on by from to beside opposite behind street road avenue square");
    private static readonly FrozenSet<string> ReasonWords = Set("because since so therefore due reason reasons cause caused why to for that feared wanted hoped");

    /// <summary>Null when the question asks for nothing in particular.</summary>
    public static bool? Holds(AnswerType type, Passage passage, PassageSentence sentence) => type switch
    {
        AnswerType.Time => Any(sentence, static word => HasDigit(word) || TimeWords.Contains(word)),
        AnswerType.Number => Any(sentence, static word => HasDigit(word) || NumberWords.Contains(word)),
        AnswerType.Place => Any(sentence, PlaceWords.Contains) && HasName(passage, sentence),
        AnswerType.Person => HasName(passage, sentence),
        AnswerType.Reason => Any(sentence, ReasonWords.Contains),
        _ => null,
    };

    private static bool Any(PassageSentence sentence, Func<string, bool> predicate)
    {
        for (var i = 0; i < sentence.Tokens.Count; i++)
        {
            if (predicate(sentence.Tokens[i].Word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasDigit(string word) => word.AsSpan().ContainsAnyInRange('0', '9');

    /// <summary>A capital inside the sentence, other than "I".</summary>
    private static bool HasName(Passage passage, PassageSentence sentence)
    {
        for (var i = 1; i < sentence.Tokens.Count; i++)
        {
            var token = sentence.Tokens[i];
            if (token.Length > 1 && char.IsUpper(passage.Text[token.Start]))
            {
                return true;
            }
        }

        return false;
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
