namespace DigitalTwin.Knowledge;

/// <summary>
/// The English (Porter2) stemmer, written from the algorithm's public description at
/// https://snowballstem.org/algorithms/english/stemmer.html. Expects lower case; leaves words with other letters alone.
/// </summary>
static class EnglishStemmer
{
    static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"),
        ("biliti", "ble"), ("lessli", "less"), ("tional", "tion"), ("alism", "al"), ("aliti", "al"), ("ation", "ate"),
        ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"), ("abli", "able"), ("alli", "al"),
        ("anci", "ance"), ("ator", "ate"), ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    static readonly (string Suffix, string Replacement)[] Step3 =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"),
        ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    static readonly string[] Step4 =
    [
        "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous",
        "al", "er", "ic",
    ];

    static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Exceptions = new Dictionary<string, string>
    {
        ["skis"] = "ski", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["idly"] = "idl",
        ["gently"] = "gentl", ["ugly"] = "ugli", ["early"] = "earli", ["only"] = "onli", ["singly"] = "singl",
        ["sky"] = "sky", ["news"] = "news", ["howe"] = "howe", ["atlas"] = "atlas", ["cosmos"] = "cosmos",
        ["bias"] = "bias", ["andes"] = "andes",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly string[] InvariantAfterStep1A =
        ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

    public static string Stem(ReadOnlySpan<char> word)
    {
        if (word.Length < 3 || word.Length > 64 || word.ContainsAnyExceptInRange('a', 'z'))
        {
            return word.ToString();
        }

        if (Exceptions.TryGetValue(word, out var exception))
        {
            return exception;
        }

        Span<char> letters = stackalloc char[word.Length + 2];
        word.CopyTo(letters);
        var stem = new Word(letters, word.Length);
        stem.MarkConsonantY();
        stem.FindRegions();
        stem.Run();
        letters[..stem.Length].Replace('Y', 'y');
        return letters[..stem.Length].ToString();
    }

    ref struct Word(Span<char> letters, int length)
    {
        readonly Span<char> letters = letters;
        int region1;
        int region2;

        public int Length { get; private set; } = length;

        readonly ReadOnlySpan<char> Text => letters[..Length];

        public readonly void MarkConsonantY()
        {
            for (var i = 0; i < Length; i++)
            {
                if (letters[i] == 'y' && (i == 0 || IsVowel(letters[i - 1])))
                {
                    letters[i] = 'Y';
                }
            }
        }

        public void FindRegions()
        {
            region1 = Text.StartsWith("gener") || Text.StartsWith("arsen") ? 5
                : Text.StartsWith("commun") ? 6
                : RegionAfter(0);
            region2 = RegionAfter(region1);
        }

        public void Run()
        {
            Plural();
            foreach (var invariant in InvariantAfterStep1A)
            {
                if (Text.SequenceEqual(invariant))
                {
                    return;
                }
            }

            PastAndGerund();
            FinalY();
            Derivations();
            ShorterDerivations();
            Suffixes();
            FinalLetter();
        }

        // A region starts after the first non-vowel that follows a vowel.
        readonly int RegionAfter(int from)
        {
            for (var i = from + 1; i < Length; i++)
            {
                if (!IsVowel(letters[i]) && IsVowel(letters[i - 1]))
                {
                    return i + 1;
                }
            }

            return Length;
        }

        void Plural()
        {
            if (Text.EndsWith("sses"))
            {
                Length -= 2;
            }
            else if (Text.EndsWith("ied") || Text.EndsWith("ies"))
            {
                Length -= Length > 4 ? 2 : 1;
            }
            else if (Text[^1] == 's' && !Text.EndsWith("us") && !Text.EndsWith("ss") && HasVowel(Length - 2))
            {
                Length--;
            }
        }

        void PastAndGerund()
        {
            if (Text.EndsWith("eedly") || Text.EndsWith("eed"))
            {
                var cut = Text[^1] == 'd' ? 3 : 5;
                if (Length - cut >= region1)
                {
                    Length -= cut - 2;
                }

                return;
            }

            var suffix = Text.EndsWith("ingly") ? 5 : Text.EndsWith("edly") ? 4 : Text.EndsWith("ing") ? 3
                : Text.EndsWith("ed") ? 2 : 0;
            if (suffix == 0 || !HasVowel(Length - suffix))
            {
                return;
            }

            Length -= suffix;
            if (Text.EndsWith("at") || Text.EndsWith("bl") || Text.EndsWith("iz"))
            {
                letters[Length++] = 'e';
            }
            else if (Length > 1 && letters[Length - 1] == letters[Length - 2] && "bdfgmnprt".Contains(letters[Length - 1]))
            {
                Length--;
            }
            else if (region1 >= Length && EndsInShortSyllable(Length))
            {
                letters[Length++] = 'e';
            }
        }

        readonly void FinalY()
        {
            if (Length > 2 && letters[Length - 1] is 'y' or 'Y' && !IsVowel(letters[Length - 2]))
            {
                letters[Length - 1] = 'i';
            }
        }

        void Derivations()
        {
            foreach (var (suffix, replacement) in Step2)
            {
                if (!Text.EndsWith(suffix))
                {
                    continue;
                }

                var before = Length > suffix.Length ? letters[Length - suffix.Length - 1] : ' ';
                var allowed = suffix switch { "ogi" => before == 'l', "li" => "cdeghkmnrt".Contains(before), _ => true };
                if (allowed && Length - suffix.Length >= region1)
                {
                    ReplaceEnd(suffix.Length, replacement);
                }

                return;
            }
        }

        void ShorterDerivations()
        {
            foreach (var (suffix, replacement) in Step3)
            {
                if (Text.EndsWith(suffix))
                {
                    if (Length - suffix.Length >= (suffix == "ative" ? region2 : region1))
                    {
                        ReplaceEnd(suffix.Length, replacement);
                    }

                    return;
                }
            }
        }

        void Suffixes()
        {
            foreach (var suffix in Step4)
            {
                if (Text.EndsWith(suffix))
                {
                    var start = Length - suffix.Length;
                    if (start >= region2 && (suffix != "ion" || (start > 0 && letters[start - 1] is 's' or 't')))
                    {
                        Length = start;
                    }

                    return;
                }
            }
        }

        void FinalLetter()
        {
            var last = Length - 1;
            if (letters[last] == 'e' && (last >= region2 || (last >= region1 && !EndsInShortSyllable(last))))
            {
                Length--;
            }
            else if (letters[last] == 'l' && last >= region2 && last > 0 && letters[last - 1] == 'l')
            {
                Length--;
            }
        }

        void ReplaceEnd(int suffixLength, string replacement)
        {
            Length -= suffixLength;
            replacement.CopyTo(letters[Length..]);
            Length += replacement.Length;
        }

        readonly bool HasVowel(int before)
        {
            for (var i = 0; i < before; i++)
            {
                if (IsVowel(letters[i]))
                {
                    return true;
                }
            }

            return false;
        }

        // Non-vowel, vowel, non-vowel other than w, x and Y; or a vowel that starts the word and a non-vowel.
        readonly bool EndsInShortSyllable(int end) => end switch
        {
            < 2 => false,
            2 => IsVowel(letters[0]) && !IsVowel(letters[1]),
            _ => !IsVowel(letters[end - 3]) && IsVowel(letters[end - 2]) && !IsVowel(letters[end - 1])
                && letters[end - 1] is not ('w' or 'x' or 'Y'),
        };

        static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
    }
}
