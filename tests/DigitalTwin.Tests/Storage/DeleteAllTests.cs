using DigitalTwin.Storage;
using Xunit;

namespace DigitalTwin.Tests.Storage;

/// <summary>Many deletions in transactions that DynamoDB takes.</summary>
public sealed class DeleteAllTests
{
    private const int MostBytes = 4 * 1024 * 1024;

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(100, 10, 1)]
    [InlineData(250, 10, 3)]
    [InlineData(30, 390 * 1024, 5)]
    public async Task As_many_at_once_as_one_transaction_takes(int count, int bytes, int transactions)
    {
        var items = Enumerable.Range(0, count).Select(i => new TableItem { Key = new("P", $"{i:D4}"), Body = new byte[bytes] }).ToList();
        var table = new RecordingTable();

        await table.DeleteAllAsync(items);

        Assert.Equal(transactions, table.Written.Count);
        Assert.All(table.Written, writes => Assert.InRange(writes.Length * (long)bytes, 0, MostBytes));
        Assert.All(table.Written, writes => Assert.InRange(writes.Length, 1, ITable.MaxWrites));
        Assert.All(table.Written.SelectMany(writes => writes), write => Assert.Equal(TableWriteKind.Delete, write.Kind));
        Assert.Equal(items.Select(item => item.Key), table.Written.SelectMany(writes => writes).Select(write => write.Key));
    }

    private sealed class RecordingTable : ITable
    {
        public List<TableWrite[]> Written { get; } = [];

        public bool WritesInOrder => false;

        public bool IsShared => true;

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default)
        {
            Written.Add(writes.ToArray());
            return new(WriteResult.Success);
        }

        public ValueTask ScrubAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
