using System.Text.Json;
using System.Text.Json.Serialization;
using DigitalTwin.Memory;
using FluentValidation;

namespace DigitalTwin.Chat;

/// <summary>A question. Members that are not listed are ignored, so that chat clients may send theirs along.</summary>
/// <param name="Message">1 to 4,000 characters.</param>
/// <param name="SessionId">The session to go on with; a new one when absent.</param>
/// <param name="ClientMessageId">Up to 100 characters of the client's choice; the same id never makes a second turn.</param>
/// <param name="Agent">Who should answer; only <c>twin</c>.</param>
public sealed record ChatRequest(string Message, string? SessionId = null, string? ClientMessageId = null, string? Agent = null);

/// <summary>A turn's answer.</summary>
/// <param name="Answer">Plain Markdown; <c>[n]</c> marks what citation n supports.</param>
/// <param name="Engine">What wrote it.</param>
public sealed record ChatAnswer(
    string TurnId,
    string SessionId,
    TurnStatus Status,
    string Answer,
    IReadOnlyList<Citation> Citations,
    IReadOnlyList<string> Suggestions,
    string Agent,
    string? Engine,
    DateTimeOffset CreatedAt)
{
    internal static ChatAnswer Of(TurnId id, TurnRecord turn) => new(
        id.ToString(), id.SessionId, turn.Status, turn.Answer, turn.Citations, turn.Suggestions, turn.Agent, turn.Engine, turn.CreatedAt);
}

/// <param name="Rating"><c>up</c> or <c>down</c>.</param>
/// <param name="Comment">Up to 1,000 characters.</param>
public sealed record FeedbackRequest(string Rating, string? Comment = null);

internal sealed class ChatRequestValidator : AbstractValidator<ChatRequest>
{
    public const string OnlyAgent = "twin";
    private const int LongestMessage = 4000;
    private const int LongestClientMessageId = 100;

    public ChatRequestValidator()
    {
        RuleFor(r => r.Message).Cascade(CascadeMode.Stop)
            .Must(m => !string.IsNullOrWhiteSpace(m)).WithMessage("'message' must not be empty.")
            .Must(m => m.Length <= LongestMessage).WithMessage($"'message' may have at most {LongestMessage} characters.")
            .WithoutNul()
            .OverridePropertyName("message");
        RuleFor(r => r.ClientMessageId)
            .Must(id => id is null || (id.Length is > 0 and <= LongestClientMessageId && id.All(c => c is > ' ' and <= '~')))
            .WithMessage($"'clientMessageId' is 1 to {LongestClientMessageId} printable ASCII characters without spaces.")
            .OverridePropertyName("clientMessageId");
        RuleFor(r => r.Agent).Must(a => a is null or OnlyAgent).WithMessage($"There is no such agent; the only one is '{OnlyAgent}'.")
            .OverridePropertyName("agent");
    }
}

internal sealed class FeedbackRequestValidator : AbstractValidator<FeedbackRequest>
{
    public FeedbackRequestValidator()
    {
        RuleFor(f => f.Rating).Must(r => r is "up" or "down").WithMessage("'rating' is \"up\" or \"down\".").OverridePropertyName("rating");
        RuleFor(f => f.Comment).MaximumLength(1000).WithoutNul().OverridePropertyName("comment");
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(FeedbackRequest))]
internal sealed partial class ChatJson : JsonSerializerContext;
