using System.Collections.Frozen;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>The kinds of things that a sentence holds.</summary>
[Flags]
internal enum AnswerKinds
{
    None = 0,
    Time = 1,
    Number = 2,
    Place = 4,
    Name = 8,
    Reason = 16,
}

/// <summary>Tells by its words whether a sentence holds the kind of thing that a question asks for.</summary>
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

    /// <summary>What one word of a sentence shows.</summary>
    /// <param name="index">Its place; a capital shows a name only behind the sentence's first word.</param>
    public static AnswerKinds Of(Passage passage, TextToken token, int index)
    {
        var digits = token.Word.AsSpan().ContainsAnyInRange('0', '9');
        return (digits || TimeWords.Contains(token.Word) ? AnswerKinds.Time : 0)
            | (digits || NumberWords.Contains(token.Word) ? AnswerKinds.Number : 0)
            | (PlaceWords.Contains(token.Word) ? AnswerKinds.Place : 0)
            | (index > 0 && token.Length > 1 && char.IsUpper(passage.Text[token.Start]) ? AnswerKinds.Name : 0)
            | (ReasonWords.Contains(token.Word) ? AnswerKinds.Reason : 0);
    }

    /// <summary>What the words of a sentence show together: a place needs a name too.</summary>
    public static AnswerKinds Settle(AnswerKinds kinds) => kinds.HasFlag(AnswerKinds.Name) ? kinds : kinds & ~AnswerKinds.Place;

    /// <summary>Null when the question asks for nothing in particular.</summary>
    public static bool? Holds(AnswerType type, AnswerKinds kinds) => type switch
    {
        AnswerType.Time => kinds.HasFlag(AnswerKinds.Time),
        AnswerType.Number => kinds.HasFlag(AnswerKinds.Number),
        AnswerType.Place => kinds.HasFlag(AnswerKinds.Place),
        AnswerType.Person => kinds.HasFlag(AnswerKinds.Name),
        AnswerType.Reason => kinds.HasFlag(AnswerKinds.Reason),
        _ => null,
    };

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
