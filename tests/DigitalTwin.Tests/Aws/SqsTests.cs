using DigitalTwin.Aws;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Aws;

[Collection(OneMoto.Name)]
public sealed class SqsTests(MotoServer moto)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_message_is_sent_received_and_deleted()
    {
        using var aws = new EmulatedAws(moto);
        var (sqs, queue) = (new Sqs(aws.Client), await aws.CreateQueueAsync("signed-whole"));

        var id = await sqs.SendAsync(queue, "größe 🙂 \"quoted\"", null, Cancellation);
        var message = Assert.Single(await sqs.ReceiveAsync(queue, 10, TimeSpan.Zero, TimeSpan.FromMinutes(5), Cancellation));
        Assert.Equal((id, "größe 🙂 \"quoted\""), (message.MessageId, message.Body));
        Assert.Empty(await sqs.ReceiveAsync(queue, 10, TimeSpan.Zero, null, Cancellation));

        await sqs.DeleteAsync(queue, message.ReceiptHandle, Cancellation);
        Assert.Equal("0", await aws.QueueAttributeAsync(queue, "ApproximateNumberOfMessagesNotVisible"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_given_back_comes_again()
    {
        using var aws = new EmulatedAws(moto);
        var (sqs, queue) = (new Sqs(aws.Client), await aws.CreateQueueAsync("signed-again"));
        await sqs.SendAsync(queue, "once more", null, Cancellation);
        var first = Assert.Single(await sqs.ReceiveAsync(queue, 1, TimeSpan.Zero, TimeSpan.FromHours(1), Cancellation));

        await sqs.ChangeVisibilityAsync(queue, first.ReceiptHandle, TimeSpan.Zero, Cancellation);

        Assert.Equal(first.MessageId, Assert.Single(await sqs.ReceiveAsync(queue, 1, TimeSpan.Zero, null, Cancellation)).MessageId);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delayed_message_is_not_there_yet()
    {
        using var aws = new EmulatedAws(moto);
        var (sqs, queue) = (new Sqs(aws.Client), await aws.CreateQueueAsync("signed-delayed"));

        await sqs.SendAsync(queue, "later", TimeSpan.FromMinutes(15), Cancellation);

        Assert.Empty(await sqs.ReceiveAsync(queue, 1, TimeSpan.Zero, null, Cancellation));
        Assert.Equal("1", await aws.QueueAttributeAsync(queue, "ApproximateNumberOfMessagesDelayed"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_queue_is_named_by_its_code()
    {
        using var aws = new EmulatedAws(moto);
        var queue = moto.Gate.Address + "/123456789012/signed-nowhere";

        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => new Sqs(aws.Client).SendAsync(queue, "text-marker", null, Cancellation));

        Assert.Equal("QueueDoesNotExist", failure.Code);
        Assert.DoesNotContain("-marker", failure.ToString(), StringComparison.Ordinal);
    }
}
