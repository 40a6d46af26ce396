using System.Runtime.InteropServices;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>For a stem the question's words that it answers to, and how well: itself, a correction, a stand-in.</summary>
internal sealed class TermMatcher
{
    /// <summary>What a misspelt word's correction counts.</summary>
    public const float CorrectionShare = 0.95f;
    private const int FilterBits = 2048;

    private readonly Dictionary<int, TermMatch[]> byStem;

    /// <summary>Most words of a passage match nothing; a bit tells so without a look into the map.</summary>
    private readonly ulong[] filter = new ulong[FilterBits / 64];

    public TermMatcher(IReadOnlyList<GroundedTerm> terms)
    {
        byStem = new Dictionary<int, TermMatch[]>(terms.Count * 12);
        for (var i = 0; i < terms.Count; i++)
        {
            Add(terms[i].Term.Stem, i, 1f);
            if (terms[i].Correction is { } correction)
            {
                Add(correction, i, CorrectionShare);
            }

            for (var s = 0; s < terms[i].Term.Synonyms.Count; s++)
            {
                var synonym = terms[i].Term.Synonyms[s];
                // A word that is asked for itself stands for nothing else: the number in "phone number" is no phone.
                if (!IsAsked(terms, synonym.Stem))
                {
                    Add(synonym.Stem, i, terms[i].Shares[s]);
                }
            }
        }
    }

    public bool TryFind(int stemId, out TermMatch[] matches)
    {
        matches = [];
        return (filter[(stemId & (FilterBits - 1)) >> 6] & (1UL << (stemId & 63))) != 0 && byStem.TryGetValue(stemId, out matches!);
    }

    private static bool IsAsked(IReadOnlyList<GroundedTerm> terms, string stem)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            if (terms[i].Term.Stem == stem)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(string stem, int term, float share)
    {
        var id = Vocabulary.StemId(stem);
        if (id < 0)
        {
            return;
        }

        filter[(id & (FilterBits - 1)) >> 6] |= 1UL << (id & 63);
        ref var matches = ref CollectionsMarshal.GetValueRefOrAddDefault(byStem, id, out var exists);
        if (!exists)
        {
            matches = [new TermMatch(term, share)];
        }
        else if (!Array.Exists(matches!, match => match.Term == term))
        {
            matches = [.. matches!, new TermMatch(term, share)];
        }
    }
}

/// <param name="Term">Index of the question's word.</param>
/// <param name="Share">0 to 1.</param>
internal readonly record struct TermMatch(int Term, float Share);
