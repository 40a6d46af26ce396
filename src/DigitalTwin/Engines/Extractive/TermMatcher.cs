using System.Numerics;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>For a stem the question's words that it answers to, and how well: itself, a correction, a stand-in.</summary>
internal sealed class TermMatcher
{
    /// <summary>What a misspelt word's correction counts.</summary>
    public const float CorrectionShare = 0.95f;

    /// <summary>Places per entry: most words of a passage match nothing and shall meet an empty place.</summary>
    private const int Sparseness = 8;

    /// <summary>By the stem's last bits the number of the first entry there, from 1; 0 where there is none.</summary>
    private readonly ushort[] first;
    private readonly Entry[] entries;
    private int count;

    public TermMatcher(IReadOnlyList<GroundedTerm> terms)
    {
        var most = 0;
        Span<int> asked = stackalloc int[terms.Count];
        for (var i = 0; i < terms.Count; i++)
        {
            most += 2 + terms[i].Term.Synonyms.Count;
            asked[i] = Vocabulary.StemId(terms[i].Term.Stem);
        }

        first = new ushort[BitOperations.RoundUpToPowerOf2((uint)(most + 1) * Sparseness)];
        entries = new Entry[most];
        for (var i = 0; i < terms.Count; i++)
        {
            Add(asked[i], i, 1f);
            if (terms[i].Correction is { } correction)
            {
                Add(Vocabulary.StemId(correction), i, CorrectionShare);
            }

            for (var s = 0; s < terms[i].Term.Synonyms.Count; s++)
            {
                // A word that is asked for itself stands for nothing else: the number in "phone number" is no phone.
                if (terms[i].Shares[s] > 0 && Vocabulary.StemId(terms[i].Term.Synonyms[s].Stem) is var stem && !asked.Contains(stem))
                {
                    Add(stem, i, terms[i].Shares[s]);
                }
            }
        }
    }

    /// <summary>Raises each term's match to what the stem is worth for it.</summary>
    public void Raise(int stem, Span<float> matches)
    {
        for (var at = First(stem); at > 0; at = entries[at - 1].Next)
        {
            ref readonly var entry = ref entries[at - 1];
            if (entry.Stem == stem)
            {
                matches[entry.Term] = Math.Max(matches[entry.Term], entry.Share);
            }
        }
    }

    /// <summary>The most that the stem is worth for any term.</summary>
    public float Best(int stem)
    {
        var best = 0f;
        for (var at = First(stem); at > 0; at = entries[at - 1].Next)
        {
            best = entries[at - 1].Stem == stem ? Math.Max(best, entries[at - 1].Share) : best;
        }

        return best;
    }

    private int First(int stem) => first[stem & (first.Length - 1)];

    private void Add(int stem, int term, float share)
    {
        if (stem >= 0)
        {
            ref var head = ref first[stem & (first.Length - 1)];
            entries[count] = new Entry(stem, term, share, head);
            head = (ushort)++count;
        }
    }

    private readonly record struct Entry(int Stem, int Term, float Share, int Next);
}
