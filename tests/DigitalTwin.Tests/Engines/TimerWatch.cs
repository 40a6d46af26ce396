using System.Threading.Channels;
using Xunit;

namespace DigitalTwin.Tests.Engines;

/// <summary>Tells a test that the code under test has begun to wait, and for how long, so that the clock is not moved too soon.</summary>
internal sealed class TimerWatch(TimeProvider clock) : TimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public int Timers { get; private set; }

    public override long TimestampFrequency => clock.TimestampFrequency;

    public async Task<TimeSpan> ArmedAsync() => await _armed.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        Timers++;
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }
}
