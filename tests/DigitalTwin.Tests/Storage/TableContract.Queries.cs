using System.Text;
using DigitalTwin.Storage;
using Xunit;

namespace DigitalTwin.Tests.Storage;

public abstract partial class TableContract
{
    /// <summary>In UTF-8 order, which UTF-16 order is not: the last two are U+FF5E and U+1F30D.</summary>
    private static readonly string[] Sorted = ["A", "B", "B#1", "B#10", "B#2", "a", "ab", "b", "é", "日本", "～", "🌍"];

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 5)]
    [InlineData(false, 1000)]
    [InlineData(true, 1)]
    [InlineData(true, 5)]
    [InlineData(true, 1000)]
    public async Task A_partition_is_in_the_order_of_utf8_bytes_on_pages_of_any_size(bool descending, int limit)
    {
        await PutAsync(Sorted.Reverse());

        var sorts = await SortsAsync(new TableQuery { Partition = "P", Descending = descending, Limit = limit });

        Assert.Equal(descending ? Sorted.Reverse() : Sorted, sorts);
    }

    [Theory]
    [InlineData("B", "b", 1, 8)]
    [InlineData("B#", "B#z", 2, 5)]
    [InlineData("日", null, 9, 12)]
    [InlineData(null, "B#1", 0, 3)]
    [InlineData("～", "🌍", 10, 12)]
    [InlineData("c", "d", 0, 0)]
    [InlineData("b", "a", 0, 0)]
    public async Task A_range_includes_both_of_its_ends(string? from, string? to, int first, int end)
    {
        await PutAsync(Sorted);
        var query = new TableQuery { Partition = "P", SortFrom = from, SortTo = to, Limit = 2 };

        Assert.Equal(Sorted[first..end], await SortsAsync(query));
        Assert.Equal(Sorted[first..end].Reverse(), await SortsAsync(query with { Descending = true }));
    }

    [Theory]
    [InlineData("B", 1, 5)]
    [InlineData("B#1", 2, 4)]
    [InlineData("a", 5, 7)]
    [InlineData("🌍", 11, 12)]
    [InlineData("C", 0, 0)]
    public async Task A_prefix_finds_what_starts_with_it(string prefix, int first, int end)
    {
        await PutAsync(Sorted);
        var query = new TableQuery { Partition = "P", SortPrefix = prefix, Limit = 1 };

        Assert.Equal(Sorted[first..end], await SortsAsync(query));
        Assert.Equal(Sorted[first..end].Reverse(), await SortsAsync(query with { Descending = true }));
    }

    [Fact]
    public async Task A_large_partition_keeps_its_order_through_inserts_and_deletes()
    {
        var count = Many;
        var shuffled = Enumerable.Range(0, count).Select(i => (int)(i * 7919L % count)).ToArray();
        foreach (var some in shuffled.Chunk(ITable.MaxWrites))
        {
            await CommitAsync([.. some.Select(i => Put("P", $"{i:D5}"))]);
        }

        foreach (var some in shuffled.Where(IsDeleted).Chunk(ITable.MaxWrites))
        {
            await CommitAsync([.. some.Select(i => TableWrite.Delete(new("P", $"{i:D5}")))]);
        }

        var left = Enumerable.Range(0, count).Where(i => !IsDeleted(i)).Select(i => $"{i:D5}").ToList();
        Assert.Equal(left, await SortsAsync(new TableQuery { Partition = "P", Limit = count / 5 }));

        bool IsDeleted(int i) => i % 3 == 0 || (i > count / 3 && i < count * 2 / 3);
    }

    [Fact]
    public async Task A_cursor_holds_its_place_when_its_item_goes_and_others_come()
    {
        await PutAsync(["a", "b", "c", "d"]);
        var page = await table.QueryAsync(new TableQuery { Partition = "P", Limit = 2 }, Cancel);

        await CommitAsync(TableWrite.Delete(new("P", "b")), Put("P", "aa"), Put("P", "bb"));

        Assert.Equal(["bb", "c", "d"], await SortsAsync(page.Next!));

        async Task<List<string>> SortsAsync(TableCursor after) =>
            [.. (await table.QueryAsync(new TableQuery { Partition = "P", After = after }, Cancel)).Items.Select(item => item.Key.SK)];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Index_items_with_the_same_sort_key_are_each_paged_once(bool descending)
    {
        var expected = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            await CommitAsync(Put($"P{i % 4}", $"S{i:D2}", gsi1: new IndexKey("G", i < 25 ? "tie" : $"other{i}")));
            expected.Add($"S{i:D2}");
        }

        for (var limit = 1; limit < 8; limit++)
        {
            var sorts = await SortsAsync(
                new TableQuery { Partition = "G", Index = TableIndex.Gsi1, Limit = limit, Descending = descending });

            Assert.Equal(expected, sorts.Order());
        }
    }

    [Fact]
    public async Task Index_items_come_in_the_order_of_their_index_key()
    {
        await CommitAsync(
            Put("P1", "x", gsi1: new("G", "3")), Put("P2", "y", gsi1: new("G", "1")), Put("P3", "z", gsi1: new("G", "2")), Put("P3", "out"));

        Assert.Equal(["y", "z", "x"], await SortsAsync(Index("G")));
        Assert.Equal(["z", "x"], await SortsAsync(Index("G") with { SortFrom = "2" }));
        Assert.Equal(["z"], await SortsAsync(Index("G") with { SortPrefix = "2" }));
        Assert.Equal(["x", "z", "y"], await SortsAsync(Index("G") with { Descending = true, Limit = 1 }));
    }

    [Fact]
    public async Task An_item_moves_in_an_index_with_its_key_and_leaves_it_without_one()
    {
        await CommitAsync(Put("P", "S", gsi1: new("G", "1")), Put("P", "T", gsi1: new("G", "5")));

        await CommitAsync(Put("P", "S", gsi1: new("G", "9")));
        Assert.Equal(["T", "S"], await SortsAsync(Index("G")));

        await CommitAsync(Put("P", "S", "same place", gsi1: new("G", "9")));
        Assert.Equal("same place", Encoding.UTF8.GetString((await table.QueryAsync(Index("G"), Cancel)).Items[1].Body.Span));

        await CommitAsync(Put("P", "S", gsi1: new("H", "1")));
        Assert.Equal(["T"], await SortsAsync(Index("G")));
        Assert.Equal(["S"], await SortsAsync(Index("H")));

        await CommitAsync(Put("P", "S"), TableWrite.Delete(new("P", "T")));
        Assert.Empty(await SortsAsync(Index("G")));
        Assert.Empty(await SortsAsync(Index("H")));
        Assert.NotNull(await GetAsync("P", "S"));
    }

    [Fact]
    public async Task The_two_indexes_are_apart()
    {
        await CommitAsync(
            TableWrite.Put(new TableItem { Key = new("P", "one"), Gsi1 = new("G", "1"), Gsi2 = new("H", "2") }),
            TableWrite.Put(new TableItem { Key = new("P", "two"), Gsi2 = new("G", "1") }));

        Assert.Equal(["one"], await SortsAsync(Index("G")));
        Assert.Equal(["two"], await SortsAsync(Index("G") with { Index = TableIndex.Gsi2 }));
        Assert.Equal(["one"], await SortsAsync(Index("H") with { Index = TableIndex.Gsi2 }));
    }

    private static TableQuery Index(string partition) => new() { Partition = partition, Index = TableIndex.Gsi1 };

    private Task PutAsync(IEnumerable<string> sorts) => CommitAsync([.. sorts.Select(sort => Put("P", sort))]);
}
