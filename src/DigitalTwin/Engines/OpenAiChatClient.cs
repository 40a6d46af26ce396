using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using SDK = OpenAI.Chat;

namespace DigitalTwin.Engines;

/// <summary>
/// Any OpenAI-compatible server through the OpenAI SDK. Streams always, passes every token on as it arrives and reports the usage
/// once, in the last update. It neither retries nor times out: that is the failover's. Failures are
/// <see cref="EngineFailedException"/>, which carry no text of the upstream's.
/// </summary>
public sealed class OpenAiChatClient : IChatClient
{
    private const string Name = EngineSettings.OpenAIEngine;
    private static readonly Uri OpenAIAddress = new("https://api.openai.com/v1");

    /// <summary>What is sent without a key: a local server has a header to ignore, and the SDK insists on a credential.</summary>
    private const string NoKey = "none";

    private readonly SDK.ChatClient _client;
    private readonly LiveSettings<EngineSettings> _live;
    private readonly ApiKeyCredential _key;
    private readonly HttpClient _http;
    private readonly HttpClientPipelineTransport _transport;
    private readonly ChatClientMetadata _metadata;
    private readonly int _maxAnswerTokens;
    private readonly bool _knowsMaxCompletionTokens;
    private readonly TimeProvider _time;

    public OpenAiChatClient(LiveSettings<EngineSettings> live, TimeProvider time)
    {
        var settings = live.Now;
        var address = settings.OpenAI.BaseUrl is { } url ? new Uri(url) : OpenAIAddress;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Redirects are not followed: the key is for this address only.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = settings.FirstTokenTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // Long enough to read the end of a whole answer and keep the connection; an answer left early is not paid for any longer.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(200),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _transport = new HttpClientPipelineTransport(_http);
        (_live, _key) = (live, new ApiKeyCredential(settings.OpenAI.ApiKey ?? NoKey));
        _client = new SDK.ChatClient(settings.OpenAI.Model, _key, new OpenAIClientOptions
        {
            Endpoint = address,
            Transport = _transport,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        });
        _metadata = new ChatClientMetadata(Name, address, settings.OpenAI.Model);
        _maxAnswerTokens = settings.MaxAnswerTokens;
        _knowsMaxCompletionTokens = IsHostOf(address, "openai.com") || IsHostOf(address, "azure.com");
        _time = time;
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _key.Update(_live.Now.OpenAI.ApiKey ?? NoKey);
        SDK.ChatTokenUsage? usage = null;
        await using var chunks = _client
            .CompleteChatStreamingAsync(Prompt(messages, options), Completion(options), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(chunks, cancellationToken))
        {
            var chunk = chunks.Current;
            // Some servers repeat a running total in every chunk, which a reader of updates would add up.
            usage = chunk.Usage ?? usage;
            var text = Text(chunk);
            if (text.Length > 0 || chunk.FinishReason is not null)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, text.Length > 0 ? [new TextContent(text)] : [])
                {
                    ResponseId = chunk.CompletionId,
                    MessageId = chunk.CompletionId,
                    ModelId = chunk.Model,
                    CreatedAt = chunk.CreatedAt,
                    FinishReason = Map(chunk.FinishReason),
                };
            }
        }

        if (usage is not null)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(Map(usage))]);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        _transport.Dispose();
        _http.Dispose();
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<SDK.StreamingChatCompletionUpdate> chunks, CancellationToken cancellationToken)
    {
        try
        {
            if (!await chunks.MoveNextAsync())
            {
                return false;
            }

#pragma warning disable SCME0001 // The only way the SDK shows a member it has no property for; its shape may change, and a test holds it.
            if (chunks.Current.Patch.Contains("$.error"u8))
#pragma warning restore SCME0001
            {
                throw new EngineFailedException(Name, "error_in_stream") { IsTransient = true };
            }

            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (ClientResultException e)
        {
            throw e.Status == 0 && e.InnerException is { } inner
                ? EngineFailedException.From(Name, inner)
                : EngineFailedException.FromStatus(Name, e.Status, RetryAfter(e.GetRawResponse()));
        }
        catch (JsonException)
        {
            throw new EngineFailedException(Name, "malformed");
        }
        catch (Exception e) when (e is not EngineFailedException)
        {
            throw EngineFailedException.From(Name, e);
        }
    }

    private static List<SDK.ChatMessage> Prompt(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<SDK.ChatMessage> prompt = [];
        if (!string.IsNullOrEmpty(options?.Instructions))
        {
            prompt.Add(new SDK.SystemChatMessage(options.Instructions));
        }

        foreach (var message in messages)
        {
            prompt.Add(
                message.Role == ChatRole.System ? new SDK.SystemChatMessage(message.Text)
                : message.Role == ChatRole.Assistant ? new SDK.AssistantChatMessage(message.Text)
                : message.Role == ChatRole.User ? new SDK.UserChatMessage(message.Text)
                : throw new NotSupportedException($"A message of the role {message.Role} cannot be sent."));
        }

        return prompt;
    }

    private SDK.ChatCompletionOptions Completion(ChatOptions? options)
    {
        // The SDK asks for the usage in a stream by itself.
        var completion = new SDK.ChatCompletionOptions { Temperature = options?.Temperature };
        foreach (var stop in options?.StopSequences ?? [])
        {
            completion.StopSequences.Add(stop);
        }

        var maxTokens = Math.Min(options?.MaxOutputTokens ?? _maxAnswerTokens, _maxAnswerTokens);
        if (_knowsMaxCompletionTokens)
        {
            completion.MaxOutputTokenCount = maxTokens;
        }
        else
        {
#pragma warning disable SCME0001 // The older name of the limit is the one that every compatible server knows; a test holds it.
            completion.Patch.Set("$.max_tokens"u8, maxTokens);
#pragma warning restore SCME0001
        }

        return completion;
    }

    private static string Text(SDK.StreamingChatCompletionUpdate chunk) => chunk.ContentUpdate switch
    {
        [] => "",
        [var part] => part.Text ?? "",
        var parts => string.Concat(parts.Select(part => part.Text)),
    };

    private static ChatFinishReason? Map(SDK.ChatFinishReason? reason) => reason switch
    {
        null => null,
        SDK.ChatFinishReason.Length => ChatFinishReason.Length,
        SDK.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        SDK.ChatFinishReason.ToolCalls or SDK.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => ChatFinishReason.Stop,
    };

    private static UsageDetails Map(SDK.ChatTokenUsage usage) => new()
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
        CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
    };

    /// <summary>RFC 9110, section 10.2.3: seconds or a date; and OpenAI's own <c>retry-after-ms</c>.</summary>
    private TimeSpan? RetryAfter(PipelineResponse? response)
    {
        if (response is null)
        {
            return null;
        }

        if (response.Headers.TryGetValue("retry-after-ms", out var text)
            && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        if (!response.Headers.TryGetValue("Retry-After", out text))
        {
            return null;
        }

        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            && date - _time.GetUtcNow() is { Ticks: > 0 } wait ? wait : null;
    }

    private static bool IsHostOf(Uri address, string domain) =>
        address.Host == domain || address.Host.EndsWith("." + domain, StringComparison.Ordinal);
}
