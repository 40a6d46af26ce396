using System.Text.Json;
using System.Text.Json.Serialization;

namespace DigitalTwin.Memory;

/// <summary>How far a turn came.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TurnStatus>))]
public enum TurnStatus
{
    /// <summary>The answer is being written.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The answer is complete.</summary>
    [JsonStringEnumMemberName("answered")]
    Answered,

    /// <summary>The visitor stopped the answer; what was said until then is kept.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>The engine broke off; what was said until then is kept.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The process ended before the answer did. The question is kept and can be asked again.</summary>
    [JsonStringEnumMemberName("unanswered")]
    Unanswered,
}

/// <param name="N">The number of the marker <c>[n]</c> in the answer.</param>
/// <param name="DocumentId">The document, or <c>persona</c>.</param>
/// <param name="Quote">Verbatim from the document.</param>
public sealed record Citation(int N, string DocumentId, string Title, string Quote);

/// <summary>A session as its visitor sees it in a list.</summary>
public sealed record SessionSummary(string SessionId, string Title, DateTimeOffset CreatedAt, DateTimeOffset LastActiveAt, int TurnCount);

public sealed record SessionList(IReadOnlyList<SessionSummary> Items, string? NextCursor);

/// <summary>A turn as its visitor sees it.</summary>
public sealed record TurnView(
    string TurnId,
    int Sequence,
    TurnStatus Status,
    string Question,
    string Answer,
    IReadOnlyList<Citation> Citations,
    IReadOnlyList<string> Suggestions,
    string Agent,
    string? Engine,
    DateTimeOffset CreatedAt,
    TurnFeedback? Feedback);

/// <summary>One session with a page of its turns.</summary>
/// <param name="TurnCount">Of the whole session.</param>
public sealed record SessionDetail(
    string SessionId,
    string Title,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActiveAt,
    int TurnCount,
    IReadOnlyList<TurnView> Items,
    string? NextCursor);

public sealed record TurnFeedback(string Rating, string? Comment, DateTimeOffset At);

/// <summary>What was erased. It holds no personal data.</summary>
public sealed record EraseReceipt(string ReceiptId, DateTimeOffset ErasedAt, EraseCounts Erased);

/// <param name="Transcripts">Objects with the conversation of a session, each with all of its versions.</param>
/// <param name="Items">Everything in the table: sessions, turns, jobs and what leads to them.</param>
public sealed record EraseCounts(int Sessions, int Turns, int Transcripts, int Items);

/// <summary>A session in an export.</summary>
public sealed record ExportedSession(string SessionId, string Title, DateTimeOffset CreatedAt, DateTimeOffset LastActiveAt);

/// <summary>The stored body of <c>SESSION#{id}</c> / <c>META</c>.</summary>
public sealed record SessionRecord
{
    public required string VisitorId { get; init; }

    /// <summary>The first question, shortened.</summary>
    public required string Title { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastActiveAt { get; init; }

    /// <summary>How many turns there are; the sequence number of the last one.</summary>
    public int TurnCount { get; init; }

    /// <summary>Whether a job is on its way to write the transcript; if not, the next turn sends one.</summary>
    public bool TranscriptDue { get; init; }
}

/// <summary>The stored body of <c>SESSION#{id}</c> / <c>TURN#{sequence}</c>.</summary>
public sealed record TurnRecord
{
    /// <remarks>Always written: what is running stands at the default, and a record without its status could not be read.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required TurnStatus Status { get; init; }

    public required string Question { get; init; }

    public string Answer { get; init; } = "";

    public IReadOnlyList<Citation> Citations { get; init; } = [];

    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>The persona's own questions that the session has had up to this turn; null when none.</summary>
    public IReadOnlyList<string>? AskedSuggestions { get; init; }

    public string Agent { get; init; } = "twin";

    public string? Engine { get; init; }

    /// <summary>Which answer this is, when the question had to be answered anew after a crash; null for the first.</summary>
    public string? Attempt { get; init; }

    /// <summary>
    /// Until when a running turn is taken to be alive without hearing of it. Null where one process has the table to itself, and knows.
    /// </summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Another process than the one that answers was asked to stop the turn.</summary>
    public bool StopRequested { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public TokenUsage? Usage { get; init; }

    public TurnFeedback? Feedback { get; init; }

    /// <summary>What the question was understood to be about, for the next question's pronouns: the retrieval query.</summary>
    public string? Topic { get; init; }

    /// <summary>Whether another process is answering the turn.</summary>
    public bool IsLeased(DateTimeOffset now) => Status is TurnStatus.Running && LeaseUntil > now;
}

/// <summary>Tokens as the engine counted them.</summary>
public sealed record TokenUsage(long Input, long Output);

/// <summary>The stored body of <c>VISITOR#{id}</c> / <c>MESSAGE#{clientMessageId}</c>.</summary>
/// <param name="Digest">SHA-256 of the message that the id was used with.</param>
public sealed record ClientMessageRecord(string SessionId, int Sequence, string Digest);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = false)]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(TurnRecord))]
[JsonSerializable(typeof(ClientMessageRecord))]
internal sealed partial class MemoryRecordsJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(SessionDetail))]
[JsonSerializable(typeof(EraseReceipt))]
[JsonSerializable(typeof(ExportedSession))]
internal sealed partial class MemoryJson : JsonSerializerContext;
