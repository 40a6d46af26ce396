namespace DigitalTwin.Jobs;

/// <summary>
/// Says that a job was committed, so that it is not left until the next sweep. The item is the truth and the bell only saves time: a
/// ring may be lost or come twice.
/// </summary>
public interface IJobBell
{
    /// <summary>Called after the commit. It must be quick and must not throw.</summary>
    ValueTask RingAsync(string jobId, DateTimeOffset dueAt);
}
