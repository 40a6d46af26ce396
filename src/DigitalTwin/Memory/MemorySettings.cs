namespace DigitalTwin.Memory;

/// <summary>Section <c>Twin:Memory</c>, and the signing keys of <c>Twin:Signing</c>.</summary>
public sealed record MemorySettings : ICheckedSettings
{
    private const int ShortestKey = 32;

    /// <summary>Turns and sessions disappear this many days after they were last written.</summary>
    public int RetentionDays { get; set; } = 90;

    /// <summary>The transcript is written when a session had no turn for so many seconds.</summary>
    public int TranscriptAfterSeconds { get; set; } = 600;

    /// <summary>Signs the visitor cookie; at least 32 characters.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>Signed until the last rotation; still accepted.</summary>
    public string? PreviousSigningKey { get; set; }

    /// <summary>
    /// Will sign from the next rotation on; accepted already, because other instances may know of that rotation a few minutes earlier.
    /// </summary>
    public string? NextSigningKey { get; set; }

    public TimeSpan TranscriptAfter => TimeSpan.FromSeconds(TranscriptAfterSeconds);

    public static MemorySettings From(IConfiguration configuration) => new()
    {
        RetentionDays = configuration.GetValue("Twin:Memory:RetentionDays", 90),
        TranscriptAfterSeconds = configuration.GetValue("Twin:Memory:TranscriptAfterSeconds", 600),
        SigningKey = configuration["Twin:Signing:Key"] ?? "",
        PreviousSigningKey = configuration["Twin:Signing:PreviousKey"],
        NextSigningKey = configuration["Twin:Signing:NextKey"],
    };

    /// <summary>
    /// When something written now expires, in Unix seconds: the retention rounded up to midnight UTC, so that what expires together
    /// need be rewritten once a day only.
    /// </summary>
    public long ExpiryFrom(DateTimeOffset now) =>
        new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(RetentionDays + 1).ToUnixTimeSeconds();

    public IEnumerable<string> Problems()
    {
        if (RetentionDays is < 1 or > 3650)
        {
            yield return "Twin:Memory:RetentionDays: must be between 1 and 3650.";
        }

        if (TranscriptAfterSeconds is < 1 or > 86_400)
        {
            yield return "Twin:Memory:TranscriptAfterSeconds: must be between 1 and 86400.";
        }

        if (string.IsNullOrWhiteSpace(SigningKey))
        {
            yield return "Twin:Signing:Key: is not set. Without a data folder of its own the twin cannot make a key and keep it.";
        }
        else if (SigningKey.Length < ShortestKey)
        {
            yield return $"Twin:Signing:Key: must have at least {ShortestKey} characters.";
        }

        if (PreviousSigningKey is { Length: < ShortestKey })
        {
            yield return $"Twin:Signing:PreviousKey: must have at least {ShortestKey} characters.";
        }

        if (NextSigningKey is { Length: < ShortestKey })
        {
            yield return $"Twin:Signing:NextKey: must have at least {ShortestKey} characters.";
        }
    }
}
