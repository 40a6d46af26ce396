using System.Collections.Frozen;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>The kinds of things that a sentence holds.</summary>
[Flags]
internal enum AnswerKinds
{
    None = 0,
    Date = 1,
    Clock = 1 << 1,
    Duration = 1 << 2,
    Frequency = 1 << 3,
    Number = 1 << 4,
    Money = 1 << 5,
    Contact = 1 << 6,
    Place = 1 << 7,
    Name = 1 << 8,
    Reason = 1 << 9,
    Introduction = 1 << 10,
}

/// <summary>Tells by its words whether a sentence holds the kind of thing that a question asks for.</summary>
internal static class AnswerTypes
{
    /// <summary>A telephone number has at least so many digits.</summary>
    private const int DigitsOfTelephone = 8;

    /// <summary>In words; what comes later introduces nobody.</summary>
    private const int LongestSubject = 6;

    private static readonly FrozenSet<string> Calendar = Set(
        "january february march april may june july august september october november december spring summer autumn winter century centuries "
        + "christmas easter today tomorrow yesterday birthday");

    private static readonly FrozenSet<string> Weekdays = Set(
        "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays weekday weekdays "
        + "weekend weekends");

    private static readonly FrozenSet<string> Clocks = Set("am pm o'clock oclock noon midday midnight morning mornings afternoon afternoons evening evenings");

    private static readonly FrozenSet<string> Units = Set(
        "second seconds minute minutes hour hours day days night nights week weeks fortnight fortnights month months year years decade decades season seasons");

    private static readonly FrozenSet<string> Frequencies = Set(
        "daily weekly monthly yearly annually annual fortnightly every each once twice times seldom rarely regularly usually always never often");

    private static readonly FrozenSet<string> Numbers = Set(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty "
        + "thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions half quarter dozen dozens couple pair single "
        + "several none third");

    private static readonly FrozenSet<string> Currencies = Set(
        "pound pounds pence dollar dollars cent cents euro euros franc francs guinea guineas shilling shillings crown crowns gulden florins rouble "
        + "roubles yen free gratis");

    private static readonly FrozenSet<string> Contacts = Set("www com org net example");
    private static readonly FrozenSet<string> Places = Set("in at near from to beside opposite behind outside around of");
    private static readonly FrozenSet<string> Streets = Set("street road avenue lane postcode");
    private static readonly FrozenSet<string> Reasons = Set("because since so therefore due reason reasons cause caused why to for that feared wanted hoped");

    /// <summary>What a sentence holds.</summary>
    public static AnswerKinds Of(Passage passage, PassageSentence sentence)
    {
        var tokens = sentence.Tokens;
        var text = passage.Text;
        var kinds = AnswerKinds.None;
        var (digits, wasNumber) = (0, false);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            var isNumeric = token.Word.AsSpan().ContainsAnyInRange('0', '9');
            var isNumber = isNumeric || Numbers.Contains(token.Word);
            digits += isNumeric ? token.Word.Length : 0;
            kinds |= isNumeric ? OfDigits(text, token) : 0;
            kinds |= isNumber ? AnswerKinds.Number : 0;
            kinds |= wasNumber && Units.Contains(token.Word) ? AnswerKinds.Duration : 0;
            kinds |= OfWord(token.Word);
            if (i > 0 && token.Length > 1 && char.IsUpper(text[token.Start]) && !Calendar.Contains(token.Word) && !Weekdays.Contains(token.Word))
            {
                kinds |= AnswerKinds.Name | (Places.Contains(tokens[i - 1].Word) || (i > 1 && Places.Contains(tokens[i - 2].Word)) ? AnswerKinds.Place : 0);
            }

            wasNumber = isNumber;
        }

        kinds |= Introduces(tokens) ? AnswerKinds.Introduction : 0;
        kinds |= digits >= DigitsOfTelephone || text.AsSpan(sentence.Start, sentence.Length).Contains('@') ? AnswerKinds.Contact : 0;
        return kinds;
    }

    /// <summary>Null when the question asks for nothing in particular.</summary>
    public static bool? Holds(AnswerType type, AnswerKinds kinds) => type switch
    {
        AnswerType.Time => (kinds & (AnswerKinds.Date | AnswerKinds.Clock | AnswerKinds.Duration)) != 0,
        AnswerType.Clock => (kinds & (AnswerKinds.Clock | AnswerKinds.Date)) != 0,
        AnswerType.Duration => (kinds & (AnswerKinds.Duration | AnswerKinds.Date | AnswerKinds.Clock)) != 0,
        AnswerType.Frequency => (kinds & (AnswerKinds.Frequency | AnswerKinds.Duration | AnswerKinds.Date)) != 0,
        AnswerType.Number => kinds.HasFlag(AnswerKinds.Number),
        AnswerType.Money => kinds.HasFlag(AnswerKinds.Money),
        AnswerType.Contact => kinds.HasFlag(AnswerKinds.Contact),
        AnswerType.Place => kinds.HasFlag(AnswerKinds.Place),
        AnswerType.Person => kinds.HasFlag(AnswerKinds.Name),
        AnswerType.Introduction => kinds.HasFlag(AnswerKinds.Introduction),
        AnswerType.Reason => kinds.HasFlag(AnswerKinds.Reason),
        _ => null,
    };

    /// <summary>Says near its beginning what somebody is: "Charles Babbage was my friend".</summary>
    private static bool Introduces(IReadOnlyList<TextToken> tokens)
    {
        for (var i = 1; i + 1 < tokens.Count && i <= LongestSubject; i++)
        {
            if (tokens[i].Word is "is" or "was" or "are" or "were" && tokens[i + 1].Word is "my" or "our" or "his" or "her" or "their" or "a" or "an" or "the" or "one")
            {
                return true;
            }
        }

        return false;
    }

    private static AnswerKinds OfWord(string word) =>
        (Calendar.Contains(word) ? AnswerKinds.Date : 0)
        | (Weekdays.Contains(word) ? AnswerKinds.Date | AnswerKinds.Clock : 0)
        | (Clocks.Contains(word) ? AnswerKinds.Clock : 0)
        | (Frequencies.Contains(word) ? AnswerKinds.Frequency : 0)
        | (Currencies.Contains(word) ? AnswerKinds.Money : 0)
        | (Contacts.Contains(word) ? AnswerKinds.Contact : 0)
        | (Streets.Contains(word) ? AnswerKinds.Place : 0)
        | (Reasons.Contains(word) ? AnswerKinds.Reason : 0);

    /// <summary>A year, a time of day, or an amount of money, by the characters around the digits.</summary>
    private static AnswerKinds OfDigits(string text, TextToken token)
    {
        var word = token.Word;
        var end = token.Start + token.Length;
        var kinds = word.Length == 4 && word[0] is '1' or '2' && word.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? AnswerKinds.Date : 0;
        kinds |= word.EndsWith("am", StringComparison.Ordinal) || word.EndsWith("pm", StringComparison.Ordinal)
            || (word.Length <= 2 && end + 2 < text.Length && text[end] is ':' or '.' && char.IsAsciiDigit(text[end + 1]) && char.IsAsciiDigit(text[end + 2]))
            ? AnswerKinds.Clock : 0;
        kinds |= (token.Start > 0 && IsCurrency(text[token.Start - 1])) || (end < text.Length && IsCurrency(text[end])) || IsCurrency(text[token.Start])
            ? AnswerKinds.Money : 0;
        return kinds;
    }

    private static bool IsCurrency(char c) => c is '£' or '$' or '€' or '¥';

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
