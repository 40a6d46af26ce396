using System.Diagnostics;
using System.Numerics;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>
/// Durations counted in fixed buckets, 128 for every doubling, as HdrHistogram has them: a percentile is off by less than one per
/// cent, and recording allocates nothing. Not for two threads at once.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Precision = 7;
    private const int BucketsPerDoubling = 1 << Precision;
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] counts = new long[(64 - Precision) * BucketsPerDoubling];
    private long longest;

    public long Count { get; private set; }

    /// <summary>In milliseconds.</summary>
    public double Longest => longest / 1e6;

    public void Record(long stopwatchTicks)
    {
        var nanoseconds = Math.Max(1, (long)(stopwatchTicks * NanosecondsPerTick));
        counts[BucketOf(nanoseconds)]++;
        Count++;
        longest = Math.Max(longest, nanoseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += other.counts[i];
        }

        Count += other.Count;
        longest = Math.Max(longest, other.longest);
    }

    public void Clear()
    {
        Array.Clear(counts);
        (Count, longest) = (0, 0);
    }

    /// <summary>The duration that the share of all does not exceed, in milliseconds; NaN of none.</summary>
    public double Percentile(double share)
    {
        var rest = Math.Max(1, (long)Math.Ceiling(Count * share));
        for (var i = 0; i < counts.Length && Count > 0; i++)
        {
            if ((rest -= counts[i]) <= 0)
            {
                return Math.Min(HighestIn(i), longest) / 1e6;
            }
        }

        return double.NaN;
    }

    private static int BucketOf(long value)
    {
        var doubling = Math.Max(0, BitOperations.Log2((ulong)value) - Precision);
        return (doubling * BucketsPerDoubling) + (int)(value >> doubling);
    }

    private static long HighestIn(int bucket)
    {
        var doubling = Math.Max(0, (bucket / BucketsPerDoubling) - 1);
        return ((bucket - (doubling * BucketsPerDoubling) + 1L) << doubling) - 1;
    }
}
