namespace DigitalTwin.Engines.Extractive;

/// <summary>Which of a question's words stand where in one passage; each match from 0 to 1.</summary>
internal sealed class PassageMatches
{
    /// <summary>A definition begins with what it defines, among its first words.</summary>
    private const int DefinedWithin = 5;
    private const int CopulaWithin = 4;

    /// <summary>"My" belongs to a word so near behind it.</summary>
    private const int OwnedWithin = 3;

    private readonly int terms;
    private readonly float[] bySentence;
    private readonly float[] closeness;
    private readonly SentenceMatch[] sentences;

    public PassageMatches(PassageTraits passage, int terms, TermMatcher matcher, WordCloseness words)
    {
        this.terms = terms;
        bySentence = new float[(passage.Sentences.Length + 3) * terms];
        closeness = new float[bySentence.Length];
        sentences = new SentenceMatch[passage.Sentences.Length];
        ToQuestion = new float[sentences.Length];
        for (var s = 0; s < sentences.Length; s++)
        {
            var row = Row(s);
            sentences[s] = Match(passage.Sentences[s].Stems, passage.Sentences[s].Persons, row, matcher);
            for (var t = 0; t < terms; t++)
            {
                Anywhere[t] = Math.Max(Anywhere[t], row[t]);
            }

            var close = Close(s);
            row.CopyTo(close);
            words.Raise(passage.Sentences[s].Rows, close);
            ToQuestion[s] = words.ToQuestion(passage.Sentences[s].Rows);
            for (var t = 0; t < terms; t++)
            {
                CloseAnywhere[t] = Math.Max(CloseAnywhere[t], close[t]);
            }
        }

        Match(passage.Title, [], Title, matcher);
        Match(passage.Heading, [], Heading, matcher);
        Title.CopyTo(CloseTitle);
        words.Raise(passage.TitleRows, CloseTitle);
        Heading.CopyTo(CloseHeading);
        words.Raise(passage.HeadingRows, CloseHeading);
        PassageToQuestion = words.ToQuestion([.. passage.Sentences.SelectMany(sentence => sentence.Rows)]);
        TopicToQuestion = words.ToQuestion([.. passage.TitleRows, .. passage.HeadingRows]);
    }

    public int Sentences => sentences.Length;

    public Span<float> Title => Row(Sentences);

    public Span<float> Heading => Row(Sentences + 1);

    /// <summary>The best match of each term in any sentence.</summary>
    public Span<float> Anywhere => Row(Sentences + 2);

    /// <summary>As <see cref="Title"/>, with words that are only close.</summary>
    public Span<float> CloseTitle => Close(Sentences);

    public Span<float> CloseHeading => Close(Sentences + 1);

    public Span<float> CloseAnywhere => Close(Sentences + 2);

    public float[] ToQuestion { get; }

    public float PassageToQuestion { get; }

    public float TopicToQuestion { get; }

    public Span<float> Close(int sentence) => closeness.AsSpan(sentence * terms, terms);

    public Span<float> Row(int sentence) => bySentence.AsSpan(sentence * terms, terms);

    /// <summary>How many words of the sentence match.</summary>
    public int Hits(int sentence) => sentences[sentence].Hits;

    /// <summary>How well a word matches that the speaker is said to do or to have.</summary>
    public float OfSpeaker(int sentence) => sentences[sentence].OfSpeaker;

    /// <summary>The same of anybody else.</summary>
    public float OfOthers(int sentence) => sentences[sentence].OfOthers;

    /// <summary>The share of the question's neighbouring words that are neighbours here too.</summary>
    public float Pairs(int sentence) => terms > 1 ? Math.Min(1f, (float)sentences[sentence].Pairs / (terms - 1)) : 0;

    /// <summary>One of the first words is asked for, and "is", "was" or the like follows soon.</summary>
    public bool Defines(int sentence, int copulas)
    {
        var seen = -1;
        for (var i = 0; copulas >> i != 0; i++)
        {
            if (i < DefinedWithin && (sentences[sentence].Opening & (1 << i)) != 0)
            {
                seen = i;
            }
            else if (seen >= 0 && (copulas & (1 << i)) != 0)
            {
                return i - seen <= CopulaWithin;
            }
        }

        return false;
    }

    private static SentenceMatch Match(int[] stems, Person[] persons, Span<float> row, TermMatcher matcher)
    {
        var (hits, pairs, opening, last) = (0, 0, 0, -2);
        var (ofSpeaker, ofOthers) = (0f, 0f);
        var (person, since) = (Person.Nobody, 0);
        for (var i = 0; i < stems.Length; i++)
        {
            if (i < persons.Length && persons[i] != Person.Nobody)
            {
                (person, since) = (persons[i], i);
            }

            var isStopWord = stems[i] < 0;
            if (!matcher.TryFind(isStopWord ? ~stems[i] : stems[i], out var matches))
            {
                last = isStopWord ? last : -2;
                continue;
            }

            foreach (var match in matches)
            {
                row[match.Term] = Math.Max(row[match.Term], match.Share);
            }

            var actor = ActorOf(person, i - since, matcher.IsSpeakers(matches[0].Term));
            ofSpeaker = Math.Max(ofSpeaker, actor == Person.Speaker ? matches[0].Share : 0);
            ofOthers = Math.Max(ofOthers, actor == Person.Other ? matches[0].Share : 0);
            hits++;
            opening |= i < DefinedWithin ? 1 << i : 0;
            pairs += matches[0].Term == last + 1 ? 1 : 0;
            last = matches[0].Term;
        }

        return new SentenceMatch(hits, pairs, opening, ofSpeaker, ofOthers);
    }

    /// <summary>Who does or has what matches, by the last person spoken of before it: "my daughter was born" is not about the speaker's birth.</summary>
    private static Person ActorOf(Person person, int distance, bool askedAsSpeakers) => person switch
    {
        Person.Speakers when askedAsSpeakers => distance <= OwnedWithin ? Person.Speaker : Person.Nobody,
        Person.Speakers => distance <= 1 ? Person.Nobody : Person.Other,
        Person.Speaker when askedAsSpeakers => Person.Nobody,
        _ => person,
    };


    /// <param name="Opening">Which of the first words match, as a bit each.</param>
    private readonly record struct SentenceMatch(int Hits, int Pairs, int Opening, float OfSpeaker, float OfOthers);
}
