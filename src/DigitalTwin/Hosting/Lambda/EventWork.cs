using System.Text.Json;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>Runs what a message of the queue asks for. Whoever has that work registers it.</summary>
internal interface IQueueWork
{
    /// <summary>
    /// Throws when the message is to come again. The token is cancelled while there is time left to give up in good order; a message
    /// whose work has not ended then comes again.
    /// </summary>
    Task RunAsync(string messageBody, CancellationToken cancellationToken);
}

/// <summary>Runs what is due, at every tick of the schedule.</summary>
internal interface IScheduledWork
{
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Takes one step of a secret's rotation.</summary>
internal interface ISecretRotation
{
    /// <summary>Throws when the step failed; Secrets Manager tries again.</summary>
    Task RotateAsync(RotationStep step, CancellationToken cancellationToken);
}

/// <summary>https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html</summary>
/// <param name="Name"><c>createSecret</c>, <c>setSecret</c>, <c>testSecret</c> or <c>finishSecret</c>.</param>
/// <param name="SecretId">The secret's ARN.</param>
/// <param name="Token">The new version's id.</param>
internal sealed record RotationStep(string Name, string SecretId, string Token);

/// <summary>Events that are no HTTP requests, each with the work that it brings.</summary>
internal sealed partial class EventWork(IServiceProvider services, ILogger<EventWork> logger)
{
    /// <summary>Returns the answer to the event. Throws <see cref="BadEventException"/> when it is none that the twin knows.</summary>
    public async Task<byte[]> RunAsync(JsonElement json, CancellationToken cancellationToken)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Unknown();
        }

        if (json.TryGetProperty("Records", out var records))
        {
            return await RunMessagesAsync([.. Messages(records)], cancellationToken);
        }

        if (json.TryGetProperty("Step", out _))
        {
            await Find<ISecretRotation>().RotateAsync(new RotationStep(Text(json, "Step"), Text(json, "SecretId"), Text(json, "ClientRequestToken")), cancellationToken);
        }
        else if (json.TryGetProperty("detail-type", out var type) && type.ValueEquals("Scheduled Event"))
        {
            await Find<IScheduledWork>().RunAsync(cancellationToken);
        }
        else
        {
            throw Unknown();
        }

        return "{}"u8.ToArray();
    }

    /// <summary>All messages at once: they wait for others far more than they work. Only those that failed come again.</summary>
    private async Task<byte[]> RunMessagesAsync((string Id, string Body)[] messages, CancellationToken cancellationToken)
    {
        var work = Find<IQueueWork>();
        var failed = await Task.WhenAll(messages.Select(message => FailsAsync(work, message.Body, cancellationToken)));
        using var bytes = new MemoryStream();
        await using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("batchItemFailures");
            foreach (var (id, _) in messages.Where((_, i) => failed[i]))
            {
                json.WriteStartObject();
                json.WriteString("itemIdentifier", id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private async Task<bool> FailsAsync(IQueueWork work, string body, CancellationToken cancellationToken)
    {
        try
        {
            await work.RunAsync(body, cancellationToken);
            return false;
        }
        catch (Exception e)
        {
            Log.MessageFailed(logger, e);
            return true;
        }
    }

    private static IEnumerable<(string Id, string Body)> Messages(JsonElement records)
    {
        foreach (var record in records.ValueKind == JsonValueKind.Array ? records.EnumerateArray() : throw Unknown())
        {
            yield return record.ValueKind == JsonValueKind.Object && record.TryGetProperty("eventSource", out var source) && source.ValueEquals("aws:sqs")
                ? (Text(record, "messageId"), Text(record, "body"))
                : throw Unknown();
        }
    }

    private T Find<T>()
        where T : notnull =>
        services.GetService<T>() ?? throw new BadEventException("This twin has nothing to do for events of this kind.");

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Unknown();

    private static BadEventException Unknown() =>
        new("The event is none that the twin knows: an HTTP request of payload format 2.0, a batch of SQS messages, a schedule or a secret's rotation.");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A message of the queue failed; it will come again.")]
        public static partial void MessageFailed(ILogger logger, Exception exception);
    }
}
