using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// What English words have to do with each other: a vector for each of some forty thousand stems, made from WordNet and this folder's list
/// of synonyms (tests/DigitalTwin.Benchmarks/Lexicon says how). The cosine of two words' vectors is about 0.9 for words that mean nearly
/// the same, 0.7 for words of one topic and below 0.5 for most others. Read once, at the first question.
/// </summary>
internal static class WordVectors
{
    /// <summary>The row of a word that has no vector.</summary>
    public const int None = -1;

    private static readonly Lazy<Table> Loaded = new(Table.Read);

    public static int Dimensions => Loaded.Value.Dimensions;

    /// <summary>The row of a stem's vector, or <see cref="None"/>.</summary>
    public static int RowOf(string stem) => Loaded.Value.Find(stem);

    /// <summary>How telling the word is in general English, from 0 for the commonest to 1.</summary>
    public static float Telling(int row) => 1 - (Loaded.Value.Frequencies[row] / 255f);

    /// <summary>The cosine of two words, -1 to 1.</summary>
    public static float Cosine(int row, int other)
    {
        var table = Loaded.Value;
        return row == other ? 1 : Dot(table.Row(row), table.Row(other)) * table.Scales[row] * table.Scales[other];
    }

    /// <summary>Adds a word's vector, of length <paramref name="weight"/>, to a sum.</summary>
    public static void AddTo(Span<float> sum, int row, float weight)
    {
        var table = Loaded.Value;
        var vector = table.Row(row);
        weight *= table.Scales[row];
        for (var i = 0; i < vector.Length; i++)
        {
            sum[i] += vector[i] * weight;
        }
    }

    private static int Dot(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        var x = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(a);
        var y = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(b);
        var sum = Vector<int>.Zero;
        for (var i = 0; i < x.Length; i++)
        {
            Vector.Widen(x[i], out var xLow, out var xHigh);
            Vector.Widen(y[i], out var yLow, out var yHigh);
            // 127 * 127 twice still fits into 16 bits.
            Vector.Widen((xLow * yLow) + (xHigh * yHigh), out var low, out var high);
            sum += low + high;
        }

        return Vector.Sum(sum);
    }

    /// <summary>Stems in ordinal order, how common each is, and their vectors as signed bytes.</summary>
    private sealed class Table
    {
        private readonly byte[] names;
        private readonly int[] starts;
        private readonly sbyte[] vectors;

        private Table(byte[] data)
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(data);
            Dimensions = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(4));
            var length = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(8));
            names = data.AsSpan(12, length).ToArray();
            Frequencies = data.AsSpan(12 + length, count).ToArray();
            vectors = MemoryMarshal.Cast<byte, sbyte>(data.AsSpan(12 + length + count)).ToArray();
            starts = new int[count + 1];
            for (int i = 0, at = 0; i < count; i++)
            {
                at += names.AsSpan(at).IndexOf((byte)'\n') + 1;
                starts[i + 1] = at;
            }

            Scales = new float[count];
            for (var i = 0; i < count; i++)
            {
                Scales[i] = 1 / MathF.Sqrt(Math.Max(1, Dot(Row(i), Row(i))));
            }
        }

        public int Dimensions { get; }

        public byte[] Frequencies { get; }

        /// <summary>One over each vector's length.</summary>
        public float[] Scales { get; }

        public static Table Read()
        {
            using var stream = typeof(WordVectors).Assembly.GetManifestResourceStream("english-word-vectors.bin")
                ?? throw new InvalidOperationException("The word vectors are not embedded.");
            var data = new byte[stream.Length];
            stream.ReadExactly(data);
            return new Table(data);
        }

        public ReadOnlySpan<sbyte> Row(int row) => vectors.AsSpan(row * Dimensions, Dimensions);

        public int Find(string stem)
        {
            Span<byte> sought = stackalloc byte[64];
            if (!Encoding.UTF8.TryGetBytes(stem, sought, out var length))
            {
                return None;
            }

            sought = sought[..length];
            var (from, to) = (0, starts.Length - 2);
            while (from <= to)
            {
                var middle = (from + to) >>> 1;
                var order = names.AsSpan(starts[middle], starts[middle + 1] - starts[middle] - 1).SequenceCompareTo(sought);
                if (order == 0)
                {
                    return middle;
                }

                (from, to) = order < 0 ? (middle + 1, to) : (from, middle - 1);
            }

            return None;
        }
    }
}
