using System.Numerics;

namespace DigitalTwin.Knowledge;

/// <summary>A read-mostly map from non-negative numbers to their places 0, 1, 2 … in order of arrival.</summary>
sealed class IntTable(int expected)
{
    int[] slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, expected * 2))];
    int[] keys = new int[Math.Max(8, expected)];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Keys => keys.AsSpan(0, Count);

    /// <summary>The key's place, or -1.</summary>
    public int Find(int key)
    {
        var mask = slots.Length - 1;
        for (var i = Hash(key) & mask; ; i = (i + 1) & mask)
        {
            var place = slots[i] - 1;
            if (place < 0 || keys[place] == key)
            {
                return place;
            }
        }
    }

    public int FindOrAdd(int key)
    {
        var place = Find(key);
        if (place >= 0)
        {
            return place;
        }

        if (Count == keys.Length)
        {
            Array.Resize(ref keys, Count * 2);
        }

        keys[Count++] = key;
        if (Count * 2 > slots.Length)
        {
            slots = new int[slots.Length * 2];
            for (var i = 0; i < Count; i++)
            {
                Occupy(keys[i], i);
            }
        }
        else
        {
            Occupy(key, Count - 1);
        }

        return Count - 1;
    }

    void Occupy(int key, int place)
    {
        var mask = slots.Length - 1;
        var i = Hash(key) & mask;
        while (slots[i] != 0)
        {
            i = (i + 1) & mask;
        }

        slots[i] = place + 1;
    }

    static int Hash(int key) => (int)((uint)key * 2654435769u >> 7);
}
