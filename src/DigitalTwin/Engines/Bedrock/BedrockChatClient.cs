using System.Runtime.CompilerServices;
using DigitalTwin.Aws;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines.Bedrock;

/// <summary>
/// A model of Amazon Bedrock through Converse, its tokens passed on as they arrive and its usage reported once, at the end. It neither
/// retries nor times out: that is the failover's. Failures are <see cref="EngineFailedException"/>, which carry no text of the upstream's.
/// </summary>
public sealed class BedrockChatClient(BedrockRuntime bedrock, EngineSettings settings) : IChatClient
{
    private const string Name = EngineSettings.BedrockEngine;
    private const string User = "user";
    private const string Assistant = "assistant";

    private readonly string _modelId = settings.Bedrock.ModelId ?? "";
    private readonly string _region = settings.Bedrock.Region ?? "";
    private readonly GuardrailConfig? _guardrail =
        settings.Bedrock is { GuardrailId: { } id, GuardrailVersion: { } version } ? new(id, version) : null;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await bedrock.ConverseAsync(_modelId, Request(messages, options), _region, cancellationToken);
            var text = string.Concat(answer.Output?.Message?.Content.Select(part => part.Text) ?? []);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
            {
                ModelId = _modelId,
                FinishReason = FinishReason(answer.StopReason),
                Usage = answer.Usage is { } usage ? Map(usage) : null,
            };
        }
        catch (Exception e) when (Failure(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var events = bedrock
            .ConverseStreamAsync(_modelId, Request(messages, options), _region, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events, cancellationToken))
        {
            yield return events.Current switch
            {
                { Text: { } text } => Update(new TextContent(text)),
                { Usage: { } usage } => Update(new UsageContent(Map(usage))),
                var stop => new ChatResponseUpdate(ChatRole.Assistant, []) { ModelId = _modelId, FinishReason = FinishReason(stop.StopReason) },
            };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(Name, null, _modelId)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <summary>Nothing: the connections belong to <see cref="AwsClient"/>.</summary>
    public void Dispose()
    {
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ConverseEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            if (!await events.MoveNextAsync())
            {
                return false;
            }

            _ = FinishReason(events.Current.StopReason);
            return true;
        }
        catch (Exception e) when (Failure(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Null for what is passed on as it is: the caller's own cancellation.</summary>
    private static EngineFailedException? Failure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        EngineFailedException failure => failure,
        AwsServiceException { Status: { } status } failure => EngineFailedException.FromStatus(Name, status, null, failure.IsTransient),
        AwsServiceException failure => new(Name, Code(failure.Code)) { IsTransient = failure.IsTransient },
        _ => EngineFailedException.From(Name, exception),
    };

    private static string Code(string code) => code switch
    {
        AwsServiceException.Unreachable => "not_connected",
        AwsServiceException.ConnectionLost => "connection_lost",
        AwsServiceException.Malformed => "malformed",
        AwsServiceException.NoCredentials => "no_credentials",
        _ => "error_in_stream",
    };

    private ConverseRequest Request(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var system = new List<ConverseContent>();
        var turns = new List<(string Role, List<ConverseContent> Content)>();
        Add(system, options?.Instructions);
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                Add(system, message.Text);
                continue;
            }

            var role = message.Role == ChatRole.User ? User
                : message.Role == ChatRole.Assistant ? Assistant
                : throw new NotSupportedException($"A message of the role {message.Role} cannot be sent.");
            // A question that was never answered is followed by the next one, and Bedrock wants the roles to alternate.
            if (turns.Count == 0 || turns[^1].Role != role)
            {
                turns.Add((role, []));
            }

            Add(turns[^1].Content, message.Text);
        }

        return new ConverseRequest(
            [.. turns.Select(turn => new ConverseMessage(turn.Role, turn.Content))],
            system.Count > 0 ? system : null,
            new InferenceConfig(
                Math.Min(options?.MaxOutputTokens ?? settings.MaxAnswerTokens, settings.MaxAnswerTokens),
                options?.Temperature,
                options?.TopP,
                options?.StopSequences is { Count: > 0 } stops ? [.. stops] : null),
            _guardrail);
    }

    /// <summary>Bedrock refuses blank text.</summary>
    private static void Add(List<ConverseContent> content, string? text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            content.Add(new ConverseContent(text));
        }
    }

    private ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]) { ModelId = _modelId };

    /// <summary>
    /// A guardrail that steps in puts its own message in place of the answer, or behind what was said. A malformed output is none.
    /// </summary>
    private static ChatFinishReason? FinishReason(string? reason) => reason switch
    {
        null => null,
        "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
        "guardrail_intervened" or "content_filtered" => ChatFinishReason.ContentFilter,
        "tool_use" => ChatFinishReason.ToolCalls,
        "malformed_model_output" or "malformed_tool_use" => throw new EngineFailedException(Name, "malformed") { IsTransient = true },
        _ => ChatFinishReason.Stop,
    };

    private static UsageDetails Map(ConverseUsage usage) => new()
    {
        InputTokenCount = usage.InputTokens,
        OutputTokenCount = usage.OutputTokens,
        TotalTokenCount = usage.TotalTokens,
        CachedInputTokenCount = usage.CacheReadInputTokens,
    };
}
