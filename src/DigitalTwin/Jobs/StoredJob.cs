using System.Security.Cryptography;
using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>A job as it stands in the table. Its version is the fence: it grows with each change, and every change names the one before.</summary>
internal sealed record StoredJob(string Id, JobRecord Record, long Version)
{
    private const int RandomBits = 20;
    private static readonly TimeSpan DoneKeptFor = TimeSpan.FromDays(1);

    public JobRun Run => new(Id, Record.Kind, Record.Payload, Record.Attempts);

    public JobView View => new(
        Id, Record.Kind, Record.State, Record.Attempts, Record.CreatedAt, Record.DueAt, Record.FinishedAt, Record.Reason);

    /// <summary>The moment at which it matters next, or did last: due, lease over, finished.</summary>
    public DateTimeOffset At => Record.State switch
    {
        JobState.Ready => Record.DueAt,
        JobState.Running => Record.LeaseUntil ?? Record.DueAt,
        _ => Record.FinishedAt ?? Record.DueAt,
    };

    public static StoredJob Of(TableItem item) => new(JobKeys.IdOf(item.Key), item.Read(JobRecordsJson.Default.JobRecord), item.Version);

    /// <summary>
    /// A job that starts anew. Its first version is the time in milliseconds with random bits behind it, so that one which takes another's
    /// place does not repeat a version that a worker of the other still holds.
    /// </summary>
    public static StoredJob New(string id, JobRecord record) =>
        new(id, record, (record.CreatedAt.ToUnixTimeMilliseconds() << RandomBits) | (long)RandomNumberGenerator.GetInt32(1 << RandomBits));

    /// <summary>Whether somebody may take it now: its time has come, or the lease of whoever took it is over.</summary>
    public bool IsDue(DateTimeOffset now) => Record.State is JobState.Ready or JobState.Running && At <= now;

    public bool IsLeased(DateTimeOffset now) => Record.State is JobState.Running && At > now;

    public StoredJob Next(JobRecord record) => new(Id, record, Version + 1);

    /// <summary>Puts it in the place of whatever is there.</summary>
    public TableWrite Put() => TableWrite.Put(Item());

    /// <summary>Puts it in the place of its previous version, and of no other.</summary>
    public TableWrite Replace() => TableWrite.Put(Item(), WriteCondition.VersionIs(Version - 1));

    public TableWrite Delete() => TableWrite.Delete(JobKeys.Job(Id), WriteCondition.VersionIs(Version));

    private TableItem Item() => new()
    {
        Key = JobKeys.Job(Id),
        Gsi1 = JobKeys.InState(Record.State, Id, At),
        Version = Version,
        ExpiresAt = Record.State is JobState.Done ? (At + DoneKeptFor).ToUnixTimeSeconds() : null,
        Body = StoredBody.From(Record, JobRecordsJson.Default.JobRecord),
    };
}
