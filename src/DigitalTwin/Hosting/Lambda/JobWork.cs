using DigitalTwin.Jobs;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// Jobs by event: a message of the queue names one, the schedule sweeps what is due. How a job ended is kept with the job, so a message
/// comes again only when the table cannot be reached.
/// </summary>
internal sealed class JobWork(JobRunner runner) : IQueueWork, IScheduledWork
{
    public Task RunAsync(string messageBody, CancellationToken cancellationToken) => runner.RunAsync(messageBody, cancellationToken);

    public Task RunAsync(CancellationToken cancellationToken) => runner.SweepAsync(cancellationToken);
}
