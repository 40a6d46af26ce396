using System.Globalization;
using System.Text;

namespace DigitalTwin.Chat;

/// <summary>
/// Watches the stream for markers like <c>[2]</c> or <c>[1, 3]</c>, by which an engine names the passages it rests on. Markers are
/// renumbered by first appearance; those that name no passage are dropped, so that no answer claims a source it was not given.
/// A marker that is cut by the borders of two pieces is held back until it is whole.
/// </summary>
internal sealed class CitationMarkers(int passageCount)
{
    /// <summary>Longer runs in square brackets are text.</summary>
    private const int LongestMarker = 24;

    private readonly List<int> used = [];
    private readonly StringBuilder ready = new();
    private string held = "";

    /// <summary>How many passages the engine was given; a higher number names none.</summary>
    public int PassageCount { get; set; } = passageCount;

    /// <summary>Indices of the passages (from 0) in the order of their new numbers (from 1).</summary>
    public IReadOnlyList<int> Used => used;

    /// <summary>The part of the text that can be shown now.</summary>
    public string Push(string piece)
    {
        if (held.Length == 0 && !piece.Contains('['))
        {
            return piece;
        }

        var text = held + piece;
        held = "";
        ready.Clear();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('[', at);
            if (open < 0)
            {
                ready.Append(text, at, text.Length - at);
                break;
            }

            ready.Append(text, at, open - at);
            at = Take(text, open);
        }

        return ready.ToString();
    }

    /// <summary>What was held back when the stream ended.</summary>
    public string Rest()
    {
        var rest = held;
        held = "";
        return rest;
    }

    /// <summary>Handles what begins at <paramref name="open"/>; returns where to go on.</summary>
    private int Take(string text, int open)
    {
        var end = open + 1;
        while (end < text.Length && end - open < LongestMarker && (char.IsAsciiDigit(text[end]) || text[end] is ' ' or ','))
        {
            end++;
        }

        if (end == text.Length && end - open < LongestMarker)
        {
            held = text[open..];
            return end;
        }

        // "[link](target)" and "[x]" are text; so is a pair without a number, like an open task's "[ ]".
        if (text[end] != ']' || text.AsSpan(open + 1, end - open - 1).IndexOfAnyInRange('0', '9') < 0)
        {
            ready.Append('[');
            return open + 1;
        }

        var kept = false;
        foreach (var range in text.AsSpan(open + 1, end - open - 1).Split(','))
        {
            var number = text.AsSpan(open + 1, end - open - 1)[range].Trim();
            kept |= int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && Cite(n - 1);
        }

        if (!kept && ready.Length > 0 && ready[^1] == ' ')
        {
            ready.Length--;
        }

        return end + 1;
    }

    private bool Cite(int passage)
    {
        if (passage < 0 || passage >= PassageCount)
        {
            return false;
        }

        var n = used.IndexOf(passage);
        if (n < 0)
        {
            used.Add(passage);
            n = used.Count - 1;
        }

        ready.Append('[').Append(n + 1).Append(']');
        return true;
    }
}
