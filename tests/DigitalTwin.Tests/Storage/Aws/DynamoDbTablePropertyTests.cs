using Amazon.DynamoDBv2;
using DigitalTwin.Storage.Aws;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Storage.Aws;

[Collection(OneMoto.Name)]
public sealed class DynamoDbTablePropertyTests(MotoServer moto)
{
    /// <summary>The histories are the same in every run; a failure prints the shrunken one.</summary>
    [Fact]
    public void A_random_history_reads_the_same_on_dynamodb_as_on_the_embedded_table()
    {
        using var client = moto.Gate.DynamoDb();
        var config = Config.QuickThrowOnFailure.WithMaxTest(50).WithEndSize(120).WithReplay(17, 4711);

        Prop.ForAll(TableOperations.Histories, history => RunAsync(client, history).GetAwaiter().GetResult()).Check(config);
    }

    private static async Task RunAsync(AmazonDynamoDBClient client, TableOperation[] history)
    {
        using var folder = new TempFolder();
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(TableOperations.Start));
        await using var embedded = EmbeddedTable.Open(new EmbeddedTableOptions { Folder = folder.Path }, time, NullLogger<EmbeddedTable>.Instance);
        var name = TwinId.New("table-");
        await AwsStorage.CreateTableAsync(client, name);
        var dynamoDb = new DynamoDbTable(client, name, time, NullLogger<DynamoDbTable>.Instance);
        foreach (var operation in history)
        {
            await StepAsync(operation, embedded, dynamoDb, time);
        }

        await client.DeleteTableAsync(name);
    }

    private static async Task StepAsync(TableOperation operation, EmbeddedTable embedded, DynamoDbTable dynamoDb, ManualTimeProvider time)
    {
        switch (operation)
        {
            case TableOperation.Write write:
                Assert.Equal(await embedded.WriteAsync(write.Writes.ToArray()), await dynamoDb.WriteAsync(write.Writes.ToArray()));
                break;
            case TableOperation.Get get:
                TableComparison.AssertSame(await embedded.GetAsync(get.Key), await dynamoDb.GetAsync(get.Key));
                break;
            case TableOperation.Query query:
                TableComparison.AssertSame(
                    query.Value, await TableComparison.PagesAsync(embedded, query.Value), await TableComparison.PagesAsync(dynamoDb, query.Value));
                break;
            case TableOperation.Wait wait:
                time.Advance(TimeSpan.FromSeconds(wait.Seconds));
                break;
            case TableOperation.Scrub:
                await embedded.ScrubAsync();
                await dynamoDb.ScrubAsync();
                break;
        }
    }
}
