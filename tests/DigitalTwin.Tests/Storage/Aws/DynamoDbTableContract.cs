using Amazon.DynamoDBv2;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Aws;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Storage.Aws;

[Collection(OneMoto.Name)]
public sealed class DynamoDbTableContract(MotoServer moto) : TableContract
{
    private AmazonDynamoDBClient? client;

    /// <summary>The emulator copies the whole table for each write of a transaction.</summary>
    protected override int Many => 130;

    protected override async ValueTask<ITable> CreateAsync(TimeProvider time)
    {
        var name = TwinId.New("table-");
        client = moto.Gate.DynamoDb();
        await AwsStorage.CreateTableAsync(client, name);
        return new DynamoDbTable(client, name, time, NullLogger<DynamoDbTable>.Instance);
    }

    public override async ValueTask DisposeAsync()
    {
        client?.Dispose();
        await base.DisposeAsync();
    }
}
