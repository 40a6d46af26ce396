using DigitalTwin.Jobs;
using DigitalTwin.Storage;

namespace DigitalTwin.Knowledge;

/// <summary>Publishes the snapshot after a change of the documents. One job stands for all changes that wait.</summary>
internal sealed class SnapshotJob(KnowledgeSnapshot snapshot) : IJobHandler
{
    public const string Kind = "knowledge-snapshot";

    private const string Key = "all";

    /// <summary>To be written with the change.</summary>
    public static NewJob Prepare(JobBoard jobs) => jobs.Prepare(Kind, "", key: Key);

    public async ValueTask<JobOutcome> RunAsync(JobRun job, CancellationToken cancellationToken)
    {
        try
        {
            await snapshot.PublishAsync(cancellationToken);
            return JobOutcome.Done();
        }
        catch (StorageUnavailableException)
        {
            return JobOutcome.Retry("The documents could not be read, or the snapshot not be stored.");
        }
    }
}
