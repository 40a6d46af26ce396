namespace DigitalTwin.Engines;

/// <summary>
/// Keeps a dead engine from costing its timeout on every turn: after three failures in a row it is left alone for 15 seconds, then
/// one turn tries it. A trial that never ends is followed by another after the same pause.
/// </summary>
internal sealed class EngineBreaker(TimeProvider time)
{
    private const int FailuresToOpen = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private int _failures;
    private long _pausedAt;

    public bool TryEnter()
    {
        if (Volatile.Read(ref _failures) < FailuresToOpen)
        {
            return true;
        }

        lock (_gate)
        {
            if (_failures < FailuresToOpen)
            {
                return true;
            }

            if (time.GetElapsedTime(_pausedAt) < Pause)
            {
                return false;
            }

            _pausedAt = time.GetTimestamp();
            return true;
        }
    }

    public void Succeeded()
    {
        if (Volatile.Read(ref _failures) != 0)
        {
            lock (_gate)
            {
                _failures = 0;
            }
        }
    }

    /// <summary>True when this failure is the one that opens the breaker.</summary>
    public bool Failed()
    {
        lock (_gate)
        {
            _pausedAt = time.GetTimestamp();
            return ++_failures == FailuresToOpen;
        }
    }
}
