using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DigitalTwin.Aws.EventStreams;

namespace DigitalTwin.Aws;

/// <summary>
/// Amazon Bedrock's Converse: one conversation, any model. Neither call is tried again here, because a chain of engines has its own
/// retries and timeouts.
/// </summary>
public sealed class BedrockRuntime(AwsClient aws)
{
    /// <summary>A failure inside a stream, by the status that the same failure has when it comes first.</summary>
    private static readonly Dictionary<string, int> ExceptionStatus = new(StringComparer.OrdinalIgnoreCase)
    {
        ["validationException"] = 400,
        ["modelTimeoutException"] = 408,
        ["modelStreamErrorException"] = 424,
        ["throttlingException"] = 429,
        ["internalServerException"] = 500,
        ["serviceUnavailableException"] = 503,
    };

    /// <param name="modelId">A model's id, or the id or ARN of an inference profile.</param>
    internal async Task<ConverseResponse> ConverseAsync(string modelId, ConverseRequest request, string region, CancellationToken cancellationToken)
    {
        var operation = Operation("Converse", modelId, "converse");
        using var response = await aws.OpenAsync(operation, request, BedrockJson.Default.ConverseRequest, cancellationToken, region);
        try
        {
            return await JsonSerializer.DeserializeAsync(
                    await response.Content.ReadAsStreamAsync(cancellationToken), BedrockJson.Default.ConverseResponse, cancellationToken)
                ?? throw AwsServiceException.Of(operation, AwsServiceException.Malformed);
        }
        catch (Exception e) when (Failure(operation, e, response) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The answer as the model makes it: its text, then why it stopped, then what it cost.</summary>
    /// <exception cref="AwsServiceException">
    /// Before or in the middle: Bedrock can also end a stream that has begun with an exception. A stream that ends without saying why is
    /// <c>ConnectionLost</c>.
    /// </exception>
    internal async IAsyncEnumerable<ConverseEvent> ConverseStreamAsync(
        string modelId, ConverseRequest request, string region, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var operation = Operation("ConverseStream", modelId, "converse-stream");
        using var response = await aws.OpenAsync(operation, request, BedrockJson.Default.ConverseRequest, cancellationToken, region);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var messages = EventStreamDecoder.ReadAsync(stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var stopped = false;
        while (await NextAsync(operation, messages, response) is { } message)
        {
            if (message is { Text: null, StopReason: null, Usage: null })
            {
                continue;
            }

            stopped |= message.StopReason is not null;
            yield return message;
        }

        if (!stopped)
        {
            throw Of(operation, AwsServiceException.ConnectionLost, response);
        }
    }

    /// <summary>The next event; an empty one for what has nothing to say, null at the end.</summary>
    private static async ValueTask<ConverseEvent?> NextAsync(
        AwsOperation operation, IAsyncEnumerator<EventStreamMessage> messages, HttpResponseMessage response)
    {
        try
        {
            if (!await messages.MoveNextAsync())
            {
                return null;
            }

            var message = messages.Current;
            return message.MessageType == "event"
                ? Read(message)
                : throw AwsServiceException.FromStream(operation, message.ErrorType, Status(message.ErrorType), response);
        }
        catch (Exception e) when (Failure(operation, e, response) is { } failure)
        {
            throw failure;
        }
    }

    private static int? Status(string exceptionType) => ExceptionStatus.TryGetValue(exceptionType, out var status) ? status : null;

    private static ConverseEvent Read(EventStreamMessage message) => message.EventType switch
    {
        "contentBlockDelta" => new(Payload(message, BedrockJson.Default.ContentBlockDeltaEvent).Delta?.Text),
        "messageStop" => new(StopReason: Payload(message, BedrockJson.Default.MessageStopEvent).StopReason ?? ""),
        "metadata" => new(Usage: Payload(message, BedrockJson.Default.MetadataEvent).Usage),
        _ => new(),
    };

    private static T Payload<T>(EventStreamMessage message, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(message.Payload, type) ?? throw new JsonException();

    private static AwsServiceException? Failure(AwsOperation operation, Exception exception, HttpResponseMessage response) => exception switch
    {
        JsonException or InvalidDataException => Of(operation, AwsServiceException.Malformed, response),
        HttpRequestException or IOException => Of(operation, AwsServiceException.ConnectionLost, response),
        _ => null,
    };

    private static AwsServiceException Of(AwsOperation operation, string code, HttpResponseMessage response) =>
        AwsServiceException.Of(operation, code, null, AwsServiceException.RequestIdOf(response));

    private static AwsOperation Operation(string name, string modelId, string path) =>
        AwsService.BedrockRuntime.Operation(name, $"/model/{Uri.EscapeDataString(modelId)}/{path}");
}
