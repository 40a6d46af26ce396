using DigitalTwin.Storage;
using Xunit;

namespace DigitalTwin.Tests.Storage;

public abstract partial class TableContract
{
    private const int MaxKeyBytes = 1024;
    private const int MaxBodyBytes = 390 * 1024;

    public static TheoryData<string, TableWrite[]> WrongWrites => new()
    {
        { "none", [] },
        { "too many", [.. Enumerable.Range(0, ITable.MaxWrites + 1).Select(i => Put("P", $"{i}"))] },
        { "the same key twice", [Put("P", "S"), TableWrite.Delete(new("P", "S"))] },
        { "the same key twice among many", [.. Enumerable.Range(0, 20).Select(i => Put("P", $"{i % 19}"))] },
        { "no partition key", [Put("", "S")] },
        { "no sort key", [TableWrite.Check(new("P", ""), WriteCondition.Absent)] },
        { "a key too long", [Put("P", new string('x', MaxKeyBytes + 1))] },
        { "a key too long in UTF-8", [Put(new string('é', (MaxKeyBytes / 2) + 1), "S")] },
        { "half of a surrogate pair", [TableWrite.Delete(new("P", "\ud83c"))] },
        { "an empty index key", [Put("P", "S", gsi1: new("G", ""))] },
        { "a body too large", [Put("P", "S", new string('x', MaxBodyBytes + 1))] },
    };

    public static TheoryData<string, TableQuery> WrongQueries => new()
    {
        { "no partition", new TableQuery { Partition = "" } },
        { "no limit", new TableQuery { Partition = "P", Limit = 0 } },
        { "too high a limit", new TableQuery { Partition = "P", Limit = 1001 } },
        { "prefix and from", new TableQuery { Partition = "P", SortPrefix = "a", SortFrom = "b" } },
        { "prefix and to", new TableQuery { Partition = "P", SortPrefix = "a", SortTo = "b" } },
    };

    [Theory]
    [MemberData(nameof(WrongWrites), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_transaction_is_an_argument_error(string what, TableWrite[] writes)
    {
        Assert.NotEmpty(what);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => WriteAsync(writes));

        Assert.Null(await GetAsync("P", "S"));
    }

    [Theory]
    [MemberData(nameof(WrongQueries), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_query_is_an_argument_error(string what, TableQuery query)
    {
        Assert.NotEmpty(what);

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await table.QueryAsync(query, Cancel));
    }

    [Fact]
    public async Task Keys_and_bodies_may_be_as_large_as_promised()
    {
        var (pk, sk) = (new string('p', MaxKeyBytes), new string('é', MaxKeyBytes / 2));
        await CommitAsync(Put(pk, sk, new string('x', MaxBodyBytes), new IndexKey(sk, pk)));

        Assert.Equal(MaxBodyBytes, (await GetAsync(pk, sk))!.Body.Length);
        Assert.Equal([sk], await SortsAsync(Index(sk)));
    }

    [Fact]
    public async Task An_item_is_absent_from_the_second_it_expires_in()
    {
        await CommitAsync(
            Put("P", "brief", version: 3, gsi1: new("G", "1"), expiresAt: UnixSeconds + 10), Put("P", "lasting", gsi1: new("G", "2")));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(await GetAsync("P", "brief"));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await GetAsync("P", "brief"));
        Assert.Equal(["lasting"], await SortsAsync(new TableQuery { Partition = "P", Limit = 1 }));
        Assert.Equal(["lasting"], await SortsAsync(Index("G") with { Descending = true }));
        await CommitAsync(TableWrite.Check(new("P", "brief"), WriteCondition.Absent));
        Assert.False((await WriteAsync(TableWrite.Check(new("P", "brief"), WriteCondition.Present))).Committed);
        Assert.False((await WriteAsync(TableWrite.Delete(new("P", "brief"), WriteCondition.VersionIs(3)))).Committed);
    }

    [Fact]
    public async Task An_expired_item_makes_room_for_a_new_one()
    {
        await CommitAsync(Put("P", "S", "old", new IndexKey("G", "1"), expiresAt: UnixSeconds + 1));
        time.Advance(TimeSpan.FromSeconds(5));

        await CommitAsync(Put("P", "S", "new", condition: WriteCondition.Absent));

        Assert.Equal("new", await BodyAsync("P", "S"));
        Assert.Empty(await SortsAsync(Index("G")));
    }

    [Fact]
    public async Task A_counter_keeps_its_first_expiry_and_starts_anew_after_it()
    {
        var expiry = UnixSeconds + 10;
        await CommitAsync(TableWrite.Add(new("P", "C"), 5, ceiling: 8, expiresAt: expiry));
        await CommitAsync(TableWrite.Add(new("P", "C"), 1, ceiling: 8, expiresAt: expiry + 1000));
        Assert.Equal((6, expiry), ((await GetAsync("P", "C"))!.Counter, (await GetAsync("P", "C"))!.ExpiresAt));

        time.Advance(TimeSpan.FromSeconds(10));
        await CommitAsync(TableWrite.Add(new("P", "C"), 8, ceiling: 8, expiresAt: expiry + 60));

        Assert.Equal((8, expiry + 60), ((await GetAsync("P", "C"))!.Counter, (await GetAsync("P", "C"))!.ExpiresAt));
    }

    [Fact]
    public async Task What_expired_stays_absent_after_a_scrub()
    {
        await CommitAsync(Put("P", "S", gsi1: new("G", "1"), expiresAt: UnixSeconds + 1), Put("P", "T", gsi1: new("G", "2")));
        time.Advance(TimeSpan.FromSeconds(2));

        await table.ScrubAsync(Cancel);

        Assert.Null(await GetAsync("P", "S"));
        Assert.Equal(["T"], await SortsAsync(Index("G")));
        await CommitAsync(Put("P", "S", gsi1: new("G", "1"), condition: WriteCondition.Absent));
        Assert.Equal(["S", "T"], await SortsAsync(Index("G")));
    }
}
