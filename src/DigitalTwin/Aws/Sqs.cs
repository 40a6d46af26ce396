using System.Text.Json.Serialization;

namespace DigitalTwin.Aws;

/// <summary>
/// Amazon SQS. A queue is known by its URL. Every call may fail with <see cref="AwsServiceException"/>. A message can arrive more than
/// once, and be sent twice when the answer to the first try was lost.
/// </summary>
public sealed class Sqs(AwsClient aws)
{
    private static readonly AwsOperation SendMessage = AwsService.Sqs.Operation("SendMessage");
    private static readonly AwsOperation ReceiveMessage = AwsService.Sqs.Operation("ReceiveMessage");
    private static readonly AwsOperation DeleteMessage = AwsService.Sqs.Operation("DeleteMessage");
    private static readonly AwsOperation ChangeMessageVisibility = AwsService.Sqs.Operation("ChangeMessageVisibility");

    /// <param name="delay">Until it can be received: whole seconds, up to 15 minutes; null for the queue's own delay.</param>
    /// <returns>The message's id.</returns>
    public async Task<string> SendAsync(string queueUrl, string body, TimeSpan? delay, CancellationToken cancellationToken)
    {
        var sent = await aws.CallAsync(
            SendMessage,
            new SendMessageRequest(queueUrl, body, (int?)delay?.TotalSeconds),
            SqsJson.Default.SendMessageRequest,
            SqsJson.Default.SendMessageResponse,
            cancellationToken);
        return sent.MessageId;
    }

    /// <summary>Takes messages; others do not see them for <paramref name="visibility"/>. Empty when none came in time.</summary>
    /// <param name="most">1 to 10.</param>
    /// <param name="wait">How long to wait for the first: whole seconds, up to 20.</param>
    /// <param name="visibility">Whole seconds, up to 12 hours; null for the queue's own.</param>
    public async Task<IReadOnlyList<SqsMessage>> ReceiveAsync(
        string queueUrl, int most, TimeSpan wait, TimeSpan? visibility, CancellationToken cancellationToken)
    {
        var received = await aws.CallAsync(
            ReceiveMessage,
            new ReceiveMessageRequest(queueUrl, most, (int)wait.TotalSeconds, (int?)visibility?.TotalSeconds),
            SqsJson.Default.ReceiveMessageRequest,
            SqsJson.Default.ReceiveMessageResponse,
            cancellationToken);
        return received.Messages ?? [];
    }

    public Task DeleteAsync(string queueUrl, string receiptHandle, CancellationToken cancellationToken) => aws.CallAsync(
        DeleteMessage,
        new DeleteMessageRequest(queueUrl, receiptHandle),
        SqsJson.Default.DeleteMessageRequest,
        SqsJson.Default.NothingResponse,
        cancellationToken);

    /// <summary>Others see the message when <paramref name="visibility"/> from now is over: whole seconds, 0 to 12 hours.</summary>
    public Task ChangeVisibilityAsync(string queueUrl, string receiptHandle, TimeSpan visibility, CancellationToken cancellationToken) => aws.CallAsync(
        ChangeMessageVisibility,
        new ChangeMessageVisibilityRequest(queueUrl, receiptHandle, (int)visibility.TotalSeconds),
        SqsJson.Default.ChangeMessageVisibilityRequest,
        SqsJson.Default.NothingResponse,
        cancellationToken);
}

/// <param name="ReceiptHandle">Names this receipt of the message, to delete it or to hide it for longer.</param>
public sealed record SqsMessage(string MessageId, string ReceiptHandle, string Body);

internal sealed record SendMessageRequest(string QueueUrl, string MessageBody, int? DelaySeconds);

internal sealed record SendMessageResponse(string MessageId);

internal sealed record ReceiveMessageRequest(string QueueUrl, int MaxNumberOfMessages, int WaitTimeSeconds, int? VisibilityTimeout);

internal sealed record ReceiveMessageResponse(IReadOnlyList<SqsMessage>? Messages);

internal sealed record DeleteMessageRequest(string QueueUrl, string ReceiptHandle);

internal sealed record ChangeMessageVisibilityRequest(string QueueUrl, string ReceiptHandle, int VisibilityTimeout);

internal sealed record NothingResponse;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(SendMessageResponse))]
[JsonSerializable(typeof(ReceiveMessageRequest))]
[JsonSerializable(typeof(ReceiveMessageResponse))]
[JsonSerializable(typeof(DeleteMessageRequest))]
[JsonSerializable(typeof(ChangeMessageVisibilityRequest))]
[JsonSerializable(typeof(NothingResponse))]
internal sealed partial class SqsJson : JsonSerializerContext;
