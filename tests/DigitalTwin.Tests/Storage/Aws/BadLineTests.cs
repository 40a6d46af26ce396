using System.Text;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Aws;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Storage.Aws;

/// <summary>Requests whose answers are lost, and services that refuse to the end.</summary>
[Collection(OneMoto.Name)]
public sealed class BadLineTests(MotoServer moto) : IAsyncLifetime
{
    /// <summary>Fewer than all tries.</summary>
    private const int LostAnswers = 5;

    private AwsGate gate = null!;
    private AwsStores stores = null!;
    private DynamoDbTable table = null!;
    private S3ObjectStore objects = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        gate = await moto.OwnGateAsync();
        stores = await AwsStores.CreateAsync(moto);
        var time = new ManualTimeProvider();
        table = new DynamoDbTable(gate.DynamoDb(), stores.Name, time, NullLogger<DynamoDbTable>.Instance);
        objects = new S3ObjectStore(gate.S3(), stores.Name, time);
    }

    public async ValueTask DisposeAsync()
    {
        stores.Dispose();
        await gate.DisposeAsync();
    }

    [Theory]
    [InlineData(AwsFault.ResetAfter)]
    [InlineData(AwsFault.ErrorAfter)]
    public async Task A_write_whose_answer_was_lost_is_done_once_and_said_to_be_done(AwsFault fault)
    {
        TableWrite[] writes =
        [
            TableWrite.Put(new TableItem { Key = new("P", "S") }, WriteCondition.Absent), TableWrite.Add(new("P", "C"), 1, ceiling: 1),
        ];
        await table.WriteAsync(new[] { TableWrite.Add(new("P", "C"), 0) }, Cancel);
        FailFirst(fault, LostAnswers);

        Assert.True((await table.WriteAsync(writes, Cancel)).Committed);

        Assert.Equal(1, (await table.GetAsync(new("P", "C"), Cancel))!.Counter);
        Assert.False((await table.WriteAsync(writes, Cancel)).Committed);
    }

    [Fact]
    public async Task A_conditional_put_whose_answer_was_lost_knows_itself_again()
    {
        FailFirst(AwsFault.ResetAfter, LostAnswers);
        var first = await objects.PutAsync("k", Encoding.UTF8.GetBytes("one"), "text/plain", new ObjectCondition(IfNoneMatch: true), Cancel);
        Assert.NotNull(first);

        FailFirst(AwsFault.ResetAfter, LostAnswers);
        var second = await objects.PutAsync("k", Encoding.UTF8.GetBytes("two"), "text/plain", new ObjectCondition(IfMatch: first.ETag), Cancel);
        Assert.NotNull(second);
        Assert.Null(await objects.PutAsync("k", Encoding.UTF8.GetBytes("two"), "text/plain", new ObjectCondition(IfMatch: first.ETag), Cancel));

        Assert.Equal(second, (await objects.GetAsync("k", cancellationToken: Cancel))!.Info);
    }

    [Theory]
    [InlineData(AwsFault.Conflict)]
    [InlineData(AwsFault.ThrottledInside)]
    public async Task A_transaction_that_was_cancelled_for_no_condition_is_tried_again(AwsFault fault)
    {
        FailFirst(fault, 3);

        var written = await table.WriteAsync(new[] { TableWrite.Add(new("P", "C"), 1), TableWrite.Put(new TableItem { Key = new("P", "S") }, WriteCondition.Absent) }, Cancel);

        Assert.True(written.Committed);
        Assert.Equal(1, (await table.GetAsync(new("P", "C"), Cancel))!.Counter);
    }

    [Theory]
    [InlineData(AwsFault.Conflict)]
    [InlineData(AwsFault.ThrottledInside)]
    [InlineData(AwsFault.Throttled)]
    [InlineData(AwsFault.ServerError)]
    [InlineData(AwsFault.ResetBefore)]
    public async Task A_service_that_refuses_to_the_end_is_unavailable(AwsFault fault)
    {
        gate.Faults = operation => operation is "TransactWriteItems" ? fault : AwsFault.None;

        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await table.WriteAsync(new[] { TableWrite.Add(new("P", "C"), 1) }, Cancel));

        gate.Faults = _ => AwsFault.None;
        Assert.Null(await table.GetAsync(new("P", "C"), Cancel));
    }

    private void FailFirst(AwsFault fault, int times)
    {
        var left = times;
        gate.Faults = operation => operation is "TransactWriteItems" or "PUT" && Interlocked.Decrement(ref left) >= 0 ? fault : AwsFault.None;
    }
}
