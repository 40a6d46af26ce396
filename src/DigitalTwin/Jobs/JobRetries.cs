namespace DigitalTwin.Jobs;

/// <summary>When a job that failed is tried again.</summary>
internal static class JobRetries
{
    /// <summary>A job is tried so often, then it has failed.</summary>
    public const int MostAttempts = 8;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(900);

    /// <summary>
    /// Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015): evenly spread over
    /// zero to <c>min(900 s, 30 s · 2^n)</c>, where n counts the failures before this one.
    /// </summary>
    /// <param name="attempts">Tries that failed, at least 1.</param>
    /// <param name="roll">From 0 up to but not including 1.</param>
    public static TimeSpan DelayAfter(int attempts, double roll) => Cap(attempts) * roll;

    /// <summary>The longest delay after so many failed tries.</summary>
    public static TimeSpan Cap(int attempts) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(attempts - 1, MostAttempts)));
}
