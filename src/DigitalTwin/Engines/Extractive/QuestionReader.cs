using System.Collections.Frozen;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>Reads questions in English by rules: small talk, the type of the answer, the words that matter, what leans on the turn before.</summary>
public static class QuestionReader
{
    private const float LightWeight = 0.65f;
    private const float FaintWeight = 0.35f;
    private const int OpeningWords = 4;

    private static readonly FrozenSet<string> Greetings = Set("hi hello hey hiya heya howdy yo greetings morning afternoon evening welcome");
    private static readonly FrozenSet<string> Thanks = Set("thanks thank thx ty cheers");
    private static readonly FrozenSet<string> Goodbyes = Set("bye goodbye farewell cya");

    /// <summary>What is said to an answer rather than asked, and the words that may stand around it.</summary>
    private static readonly FrozenSet<string> Acknowledgements = Set(
        "ok okay okey k kk cool great nice good fine wow interesting fascinating amazing awesome perfect lovely brilliant excellent super impressive lol haha hahaha "
        + "right sure alright understood noted see got yes yeah yep yup ah aha oh hm hmm");
    private static readonly FrozenSet<string> AroundAcknowledgements = Set("i it that thats this is s very so really well then to know job one");

    /// <summary>Words around a request that say nothing about its subject.</summary>
    private static readonly FrozenSet<string> Fillers = Set(
        "tell explain describe know please give show let talk say mean understand wonder curious ask question answer actually really exactly "
        + "just ever also still quite mind share bit little lot something anything thing things stuff kind sort type way ways told said "
        + "hello hi hey there good great nice ok okay well want wanted like would could may might hear information info detail details "
        + "about some any briefly quickly short summary summarise summarize overview find out sir madam mr mrs ms miss dr dear today "
        + "get got");

    /// <summary>Words that name the type of the answer rather than its subject.</summary>
    private static readonly FrozenSet<string> Light = Set(
        "year date day month time name number many much long often far old age favourite favorite best main most important first last "
        + "think thought thoughts opinion view feel believe do did use used work same new whole own special able need try start "
        + "call called involve involved require required consist happen contain include big large small full part ever back run life");

    /// <summary>Verbs and nouns that go with everything.</summary>
    private static readonly FrozenSet<string> Faint = Set(
        "go going went come came happen happened happens make made making take took people person put keep kept give gave want find need use used do did thing bring brought come coming going getting");

    private static readonly FrozenSet<string> FaintStems = Faint.Select(TextAnalyzer.Stem).ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> LightStems = Light.Select(TextAnalyzer.Stem).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Pronouns = Set("he him his she her hers it its they them their theirs himself herself itself themselves");
    private static readonly FrozenSet<string> Persons = Set("he him his she her hers they them their");
    private static readonly FrozenSet<string> Demonstratives = Set("this that these those there then one ones");
    private static readonly FrozenSet<string> MoreWords = Set("more else continue elaborate expand further go on detail details");
    private static readonly FrozenSet<string> IdentityWords = Set("name introduce yourself talk talking chat chatting speak speaking");
    private static readonly FrozenSet<string> NatureWords = Set("bot robot human real ai person machine chatbot computer artificial intelligence alive llm model");
    private static readonly FrozenSet<string> CapabilityWords = Set("help ask do can topic topics questions question");
    private static readonly FrozenSet<string> Opening = Set("open opening close closed closing shut start finish begin end arrive leave hours");
    private static readonly FrozenSet<string> Prices = Set("cost costs price prices charge charges fee fees pay paid rate rates earn worth expensive salary spend spent rent deposit");
    private static readonly FrozenSet<string> Asking = Set("what whats which how");
    private static readonly FrozenSet<string> ContactWords = Set("phone telephone email website contact number mobile instagram facebook twitter linkedin");
    private static readonly FrozenSet<string> Openers = Set("and but also or so");

    /// <param name="speakerName">The persona's name; asking for it by name is asking for "you".</param>
    public static QuestionReading Read(string text, string speakerName)
    {
        var tokens = TextAnalyzer.Analyze(text);
        var words = WordsOf(tokens);
        var terms = TermsOf(text, tokens, speakerName);
        var topics = Topics.Of(tokens);
        var expects = ExpectationOf(tokens, words);
        var kind = KindOf(tokens, words, terms, speakerName);
        if (kind is QuestionKind.Question && terms.Count == 0 && topics.Count > 0)
        {
            // "Where exactly are you?"
            terms.Add(TermOf(topics[0].Name));
        }

        var leans = kind is QuestionKind.More || (kind is QuestionKind.Question && Leans(tokens, terms));
        return new QuestionReading(text, kind, expects, terms, leans, HasSpeakerAsSubject(tokens), leans && words.Overlaps(Persons))
        {
            Topics = topics,
        };
    }

    /// <summary>What a question asks for and is about once misspelt words are put right; its words stay as they are.</summary>
    /// <param name="corrected">By a misspelt word's stem the word that was meant, and its stem.</param>
    public static QuestionReading Correct(QuestionReading reading, IReadOnlyDictionary<string, (string Word, string Stem)> corrected)
    {
        var tokens = TextAnalyzer.Analyze(reading.Text)
            .Select(token => corrected.TryGetValue(token.Stem, out var meant) ? token with { Word = meant.Word, Stem = meant.Stem } : token).ToList();
        return reading with { Expects = ExpectationOf(tokens, WordsOf(tokens)), Topics = Topics.Of(tokens) };
    }

    /// <summary>The term of a single word.</summary>
    public static QuestionTerm TermOf(string word)
    {
        var stem = TextAnalyzer.Stem(word);
        return new QuestionTerm(word, stem, WeightOf(stem), IsName: false) { Synonyms = Synonyms.Of(stem) };
    }

    private static HashSet<string> WordsOf(IReadOnlyList<TextToken> tokens)
    {
        var words = new HashSet<string>(tokens.Count, StringComparer.Ordinal);
        foreach (var token in tokens)
        {
            words.Add(token.Word);
        }

        return words;
    }

    private static float WeightOf(string stem) => FaintStems.Contains(stem) ? FaintWeight : LightStems.Contains(stem) ? LightWeight : 1f;

    private static List<QuestionTerm> TermsOf(string text, IReadOnlyList<TextToken> tokens, string speakerName)
    {
        var terms = new List<QuestionTerm>(8);
        var shouting = !text.AsSpan().ContainsAnyInRange('a', 'z');
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (terms.Count == QueryTerms.MostTerms)
            {
                break;
            }

            if (token.IsStopWord || Fillers.Contains(token.Word) || IsSpeaker(token.Word, speakerName) || terms.Exists(t => t.Stem == token.Stem))
            {
                continue;
            }

            var isName = !shouting && token.Start > 0 && char.IsUpper(text[token.Start]) && text[token.Start - 1] == ' ' && !EndsSentence(text, token.Start - 2);
            terms.Add(new QuestionTerm(token.Word, token.Stem, WeightOf(token.Stem), isName)
            {
                Synonyms = Synonyms.Of(token.Stem),
            });
        }

        return terms;
    }

    private static bool EndsSentence(string text, int at) => at >= 0 && text[at] is '.' or '!' or '?' or ':';

    private static bool IsSpeaker(string word, string speakerName)
    {
        foreach (var range in speakerName.AsSpan().Split(' '))
        {
            if (speakerName.AsSpan()[range].Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static AnswerType ExpectationOf(IReadOnlyList<TextToken> tokens, HashSet<string> words)
    {
        // A question word further in mostly opens a clause: "what do you do when".
        for (var i = 0; i < Math.Min(tokens.Count, OpeningWords); i++)
        {
            var next = i + 1 < tokens.Count ? tokens[i + 1].Word : "";
            switch (tokens[i].Word)
            {
                case "when" or "whens" or "wen":
                    return words.Overlaps(Opening) && next is "do" or "does" or "is" or "are" ? AnswerType.Clock : AnswerType.Time;
                case "what" or "which" or "whats" when next is "year" or "date" or "day" or "days" or "month" or "age" or "century":
                    return AnswerType.Time;
                case "what" or "which" or "whats" when next is "time" or "times" or "hours":
                    return AnswerType.Clock;
                case "how" when next is "old":
                    return AnswerType.Time;
                case "how" when next is "long":
                    return AnswerType.Duration;
                case "how" when next is "often":
                    return AnswerType.Frequency;
                case "how" when next is "much" && IsAboutMoney(tokens, i + 2, words):
                    return AnswerType.Money;
                case "how" when next is "many" or "much" or "far" or "big" or "tall" or "large" or "high" or "heavy" or "fast" or "deep" or "wide":
                    return AnswerType.Number;
                case "where" or "wheres":
                    return AnswerType.Place;
                case "who" or "whom" or "whos" or "whose":
                    return AnswerType.Person;
                case "why" or "whys":
                    return AnswerType.Reason;
            }
        }

        return words.Contains("birthday") || words.Contains("birthdate") ? AnswerType.Time
            : words.Overlaps(ContactWords) ? AnswerType.Contact
            : words.Overlaps(Prices) && words.Overlaps(Asking) ? AnswerType.Money
            : AnswerType.Anything;
    }

    /// <summary>"How much" with a verb or "for" behind it, and with a price in mind, asks for money; "how much toothpaste" does not.</summary>
    private static bool IsAboutMoney(IReadOnlyList<TextToken> tokens, int at, HashSet<string> words) =>
        words.Overlaps(Prices) || at >= tokens.Count || tokens[at].Word is "is" or "are" or "for" or "to" or "would" or "will" or "was" or "were" or "a" or "an" or "money";

    private static QuestionKind KindOf(IReadOnlyList<TextToken> tokens, HashSet<string> words, List<QuestionTerm> terms, string speakerName)
    {
        bool Only(FrozenSet<string> allowed) => terms.TrueForAll(t => allowed.Contains(t.Word));
        bool Has(FrozenSet<string> any) => words.Overlaps(any);
        var asksYou = words.Contains("you") || words.Contains("your") || words.Contains("yourself") || tokens.Any(t => IsSpeaker(t.Word, speakerName));
        if (IsAcknowledgement(tokens))
        {
            return QuestionKind.Acknowledgement;
        }

        if (Has(NatureWords) && asksYou && words.Contains("are") && Only(NatureWords) && tokens[0].Word is "are" or "is" or "what")
        {
            return QuestionKind.Nature;
        }

        if (words.Contains("how") && words.Contains("are") && words.Contains("you") && terms.Count == 0 && tokens.Count <= 6)
        {
            return QuestionKind.HowAreYou;
        }

        if (asksYou && Only(IdentityWords)
            && (words.Contains("who") || words.Contains("introduce") || words.Contains("yourself") || words.Contains("name") || AsksAboutYou(tokens)
                || AsksWhatYouAre(tokens, terms)))
        {
            return QuestionKind.Identity;
        }

        if ((words.Contains("what") || words.Contains("how") || words.Contains("help")) && Only(CapabilityWords)
            && (words.Contains("ask") || words.Contains("help") || (words.Contains("can") && words.Contains("do"))))
        {
            return QuestionKind.Capabilities;
        }

        if (terms.TrueForAll(t => MoreWords.Contains(t.Word)) && Has(MoreWords) && !words.Contains("how") && !words.Contains("why"))
        {
            return QuestionKind.More;
        }

        return terms.Count > 0 && !Only(Greetings) && !Only(Goodbyes) && !Only(Thanks) ? QuestionKind.Question
            : Has(Thanks) ? QuestionKind.Thanks
            : Has(Goodbyes) || (words.Contains("see") && words.Contains("later")) ? QuestionKind.Goodbye
            : Has(Greetings) ? QuestionKind.Greeting
            : QuestionKind.Question;
    }

    /// <summary>"Ok", "that is interesting", a smile; also what has neither a word nor a number.</summary>
    private static bool IsAcknowledgement(IReadOnlyList<TextToken> tokens) =>
        tokens.Count == 0
        || (tokens[0].Word is not "is" && tokens.Any(token => Acknowledgements.Contains(token.Word))
            && tokens.All(token => Acknowledgements.Contains(token.Word) || AroundAcknowledgements.Contains(token.Word)));

    /// <summary>An auxiliary followed by "you": "when were you", "did you".</summary>
    private static bool HasSpeakerAsSubject(IReadOnlyList<TextToken> tokens)
    {
        for (var i = 1; i < tokens.Count; i++)
        {
            if (tokens[i].Word is "you" && tokens[i - 1].Word is "did" or "do" or "were" or "are" or "have" or "had" or "can" or "could" or "would" or "will" or "was" or "d")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>"Tell me about you", "what about you".</summary>
    private static bool AsksAboutYou(IReadOnlyList<TextToken> tokens) => tokens.Count >= 2 && tokens[^1].Word is "you" or "yourself" && tokens[^2].Word is "about";

    /// <summary>"What do you do", "what is" with nothing but the name behind it.</summary>
    private static bool AsksWhatYouAre(IReadOnlyList<TextToken> tokens, List<QuestionTerm> terms) =>
        terms.Count == 0 && tokens.Count >= 3 && tokens[0].Word is "what" && tokens[1].Word switch
        {
            "do" or "does" => tokens[^1].Word is "do",
            "is" or "are" => true,
            _ => false,
        };

    private static bool Leans(IReadOnlyList<TextToken> tokens, List<QuestionTerm> terms)
    {
        if (terms.Count == 0 || tokens.Count == 0 || Openers.Contains(tokens[0].Word)
            || (tokens.Count > 1 && tokens[0].Word is "what" or "how" && tokens[1].Word is "about" && terms.Count <= 1))
        {
            return true;
        }

        // A pronoun behind a word of substance most likely means that.
        var hasSubstance = false;
        foreach (var token in tokens)
        {
            if (Pronouns.Contains(token.Word))
            {
                return !hasSubstance;
            }

            if (Demonstratives.Contains(token.Word) && !hasSubstance && terms.Count <= 2)
            {
                return true;
            }

            hasSubstance |= terms.Exists(t => t.Stem == token.Stem && (t.IsName || t.Weight >= 1));
        }

        return terms.TrueForAll(t => t.Weight < 1);
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
