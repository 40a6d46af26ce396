using System.Text.Json;
using System.Text.Json.Serialization;

namespace DigitalTwin.Jobs;

/// <summary>Where a job is in its life.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Waits for its time.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Somebody has it, until the lease ends.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Finished; forgotten after a day.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Given up, with a reason; kept until the owner retries or drops it.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A job as the owner sees it: never its payload, which may lead to a person.</summary>
/// <param name="Attempts">How often it was tried since it was last due by itself or by hand.</param>
/// <param name="DueAt">When it runs next, or was to run last.</param>
/// <param name="Reason">Why the last try failed.</param>
public sealed record JobView(
    string JobId, string Kind, JobState State, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset DueAt, DateTimeOffset? FinishedAt, string? Reason);

public sealed record JobList(IReadOnlyList<JobView> Items, string? NextCursor);

/// <summary>The stored body of <c>JOB#{id}</c> / <c>META</c>.</summary>
internal sealed record JobRecord
{
    public required string Kind { get; init; }

    public string Payload { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required JobState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public int Attempts { get; init; }

    public string? Reason { get; init; }

    /// <summary>Until when the worker that has it may rely on that.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = false)]
[JsonSerializable(typeof(JobRecord))]
internal sealed partial class JobRecordsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobView))]
internal sealed partial class JobsJson : JsonSerializerContext;
