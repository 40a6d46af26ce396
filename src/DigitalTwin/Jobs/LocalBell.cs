namespace DigitalTwin.Jobs;

/// <summary>The bell within one process: it wakes the worker at the earliest time that was rung for.</summary>
internal sealed class LocalBell(TimeProvider clock) : IJobBell
{
    private readonly Lock gate = new();
    private DateTimeOffset earliest = DateTimeOffset.MaxValue;
    private DateTimeOffset waitsUntil = DateTimeOffset.MinValue;
    private TaskCompletionSource changed = New();

    public ValueTask RingAsync(string jobId, DateTimeOffset dueAt)
    {
        lock (gate)
        {
            earliest = dueAt < earliest ? dueAt : earliest;
            if (dueAt < waitsUntil)
            {
                changed.TrySetResult();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until that time, or until one that was rung for since the last wait, if it is earlier.</summary>
    public async Task WaitAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task rung;
            TimeSpan left;
            lock (gate)
            {
                waitsUntil = earliest < until ? earliest : until;
                left = waitsUntil - clock.GetUtcNow();
                if (left <= TimeSpan.Zero)
                {
                    // Whatever was rung for is in the table by now, where the next look finds it.
                    (earliest, waitsUntil) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
                    return;
                }

                changed = changed.Task.IsCompleted ? New() : changed;
                rung = changed.Task;
            }

            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            // Timers know whole milliseconds and cut off the rest; one that fires early would be set again and again.
            var delay = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await Task.WhenAny(Task.Delay(delay, clock, woken.Token), rung);
            await woken.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
