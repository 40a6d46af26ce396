using FluentValidation;

namespace DigitalTwin.Memory;

/// <summary>Section <c>Twin:Memory</c>, and the signing keys of <c>Twin:Signing</c>.</summary>
public sealed record MemorySettings
{
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
}

internal sealed class MemorySettingsValidator : AbstractValidator<MemorySettings>
{
    public MemorySettingsValidator()
    {
        RuleFor(s => s.RetentionDays).InclusiveBetween(1, 3650).OverridePropertyName("Twin:Memory:RetentionDays");
        RuleFor(s => s.TranscriptAfterSeconds).InclusiveBetween(1, 86_400).OverridePropertyName("Twin:Memory:TranscriptAfterSeconds");
        RuleFor(s => s.SigningKey)
            .Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("is not set. Without a data folder of its own the twin cannot make a key and keep it.")
            .MinimumLength(32)
            .OverridePropertyName("Twin:Signing:Key");
        RuleFor(s => s.PreviousSigningKey).MinimumLength(32).OverridePropertyName("Twin:Signing:PreviousKey")
            .When(s => s.PreviousSigningKey is not null);
        RuleFor(s => s.NextSigningKey).MinimumLength(32).OverridePropertyName("Twin:Signing:NextKey").When(s => s.NextSigningKey is not null);
    }
}
