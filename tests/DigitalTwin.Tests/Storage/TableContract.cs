using System.Text;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Storage;

/// <summary>What every table does. An implementation is one class with one factory method.</summary>
public abstract partial class TableContract : IAsyncLifetime
{
    private readonly ManualTimeProvider time = new();
    private ITable table = null!;

    private long UnixSeconds => time.GetUtcNow().ToUnixTimeSeconds();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How many items a large partition has.</summary>
    protected virtual int Many => 3000;

    protected abstract ValueTask<ITable> CreateAsync(TimeProvider time);

    public async ValueTask InitializeAsync() => table = await CreateAsync(time);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_put_is_read_back_whole()
    {
        var item = new TableItem
        {
            Key = new("SESSION#1", "META"),
            Gsi1 = new("VISITOR#1", "2026"),
            Gsi2 = new("DAY#2026-01-01", "12:00"),
            Version = 7,
            ExpiresAt = UnixSeconds + 60,
            Counter = -3,
            Body = """{"text":"Grüße, 世界 🌍"}"""u8.ToArray(),
        };

        await CommitAsync(TableWrite.Put(item));

        var read = await GetAsync("SESSION#1", "META");
        Assert.Equal(item with { Body = default }, read! with { Body = default });
        Assert.Equal(item.Body.ToArray(), read.Body.ToArray());
    }

    [Fact]
    public async Task What_was_never_put_is_absent()
    {
        await CommitAsync(Put("P", "here"));

        Assert.Null(await GetAsync("P", "not here"));
        Assert.Null(await GetAsync("nowhere", "here"));
        Assert.Empty((await table.QueryAsync(new TableQuery { Partition = "nowhere" }, Cancel)).Items);
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        await CommitAsync(Put("P", "S", "one"));
        await CommitAsync(Put("P", "S", "two"));

        Assert.Equal("two", await BodyAsync("P", "S"));
        Assert.Equal(["S"], await SortsAsync(new TableQuery { Partition = "P" }));
    }

    [Fact]
    public async Task A_changed_array_does_not_change_the_stored_body()
    {
        var body = "one"u8.ToArray();
        await CommitAsync(TableWrite.Put(new TableItem { Key = new("P", "S"), Body = body }));

        body[0] = (byte)'X';

        Assert.Equal("one", await BodyAsync("P", "S"));
    }

    [Fact]
    public async Task Deleting_removes_and_deleting_the_absent_succeeds()
    {
        await CommitAsync(Put("P", "S"));

        await CommitAsync(TableWrite.Delete(new("P", "S")));
        await CommitAsync(TableWrite.Delete(new("P", "S")));

        Assert.Null(await GetAsync("P", "S"));
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await table.WriteAsync(new[] { Put("P", "S") }, cancelled.Token));

        Assert.Null(await GetAsync("P", "S"));
    }

    [Fact]
    public async Task Scrubbing_changes_nothing_that_can_be_read()
    {
        for (var i = 0; i < 50; i++)
        {
            await CommitAsync(Put("P", $"S{i:D2}", $"body {i}", new IndexKey("G", $"{i % 7}")));
        }

        await CommitAsync(TableWrite.Delete(new("P", "S07")), TableWrite.Add(new("C", "C"), 5));
        var query = new TableQuery { Partition = "G", Index = TableIndex.Gsi1, Limit = 100 };
        var before = await SortsAsync(query);

        await Task.WhenAll(table.ScrubAsync(Cancel).AsTask(), table.ScrubAsync(Cancel).AsTask());

        Assert.Equal(before, await SortsAsync(query));
        Assert.Equal(49, before.Count);
        Assert.Equal("body 8", await BodyAsync("P", "S08"));
        Assert.Equal(5, (await GetAsync("C", "C"))!.Counter);
    }

    private static TableWrite Put(
        string pk, string sk, string body = "{}", IndexKey? gsi1 = null, long version = 1, WriteCondition condition = default, long? expiresAt = null) =>
        TableWrite.Put(
            new TableItem
            {
                Key = new(pk, sk),
                Gsi1 = gsi1,
                Version = version,
                ExpiresAt = expiresAt,
                Body = Encoding.UTF8.GetBytes(body),
            },
            condition);

    private async Task<WriteResult> WriteAsync(params TableWrite[] writes) => await table.WriteAsync(writes, Cancel);

    private async Task CommitAsync(params TableWrite[] writes) => Assert.Null((await WriteAsync(writes)).FailedWrite);

    private async Task<TableItem?> GetAsync(string pk, string sk) => await table.GetAsync(new(pk, sk), Cancel);

    private async Task<string?> BodyAsync(string pk, string sk) =>
        await GetAsync(pk, sk) is { } item ? Encoding.UTF8.GetString(item.Body.Span) : null;

    /// <summary>The sort keys of all pages.</summary>
    private async Task<List<string>> SortsAsync(TableQuery query)
    {
        var sorts = new List<string>();
        for (TableCursor? after = null; ;)
        {
            var page = await table.QueryAsync(query with { After = after }, Cancel);
            sorts.AddRange(page.Items.Select(item => item.Key.SK));
            if (page.Next is null)
            {
                return sorts;
            }

            Assert.Equal(query.Limit, page.Items.Count);
            Assert.True(TableCursor.TryParse(page.Next.ToString(), out after));
        }
    }
}
