using System.Text.Json;
using System.Text.Json.Serialization;

namespace DigitalTwin.Aws;

/// <summary>What Converse is asked, as Bedrock has it. Roles alternate, beginning with <c>user</c>; no text may be blank.</summary>
internal sealed record ConverseRequest(
    IReadOnlyList<ConverseMessage> Messages,
    IReadOnlyList<ConverseContent>? System,
    InferenceConfig InferenceConfig,
    GuardrailConfig? GuardrailConfig);

/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
internal sealed record ConverseMessage(string Role, IReadOnlyList<ConverseContent> Content);

/// <param name="Text">Null for what is no text, such as a model's reasoning.</param>
internal sealed record ConverseContent(string? Text);

internal sealed record InferenceConfig(int MaxTokens, float? Temperature, float? TopP, IReadOnlyList<string>? StopSequences);

internal sealed record GuardrailConfig(string GuardrailIdentifier, string GuardrailVersion);

internal sealed record ConverseResponse(ConverseOutput? Output, string? StopReason, ConverseUsage? Usage);

internal sealed record ConverseOutput(ConverseMessage? Message);

internal sealed record ConverseUsage(long InputTokens, long OutputTokens, long TotalTokens, long? CacheReadInputTokens);

/// <summary>One thing that a stream tells: a piece of the text, or why the model stopped, or what it cost.</summary>
internal sealed record ConverseEvent(string? Text = null, string? StopReason = null, ConverseUsage? Usage = null);

internal sealed record ContentBlockDeltaEvent(ConverseContent? Delta);

internal sealed record MessageStopEvent(string? StopReason);

internal sealed record MetadataEvent(ConverseUsage? Usage);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConverseRequest))]
[JsonSerializable(typeof(ConverseResponse))]
[JsonSerializable(typeof(ContentBlockDeltaEvent))]
[JsonSerializable(typeof(MessageStopEvent))]
[JsonSerializable(typeof(MetadataEvent))]
internal sealed partial class BedrockJson : JsonSerializerContext;
