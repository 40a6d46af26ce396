using DigitalTwin.Storage;
using Xunit;

namespace DigitalTwin.Tests.Storage;

public abstract partial class TableContract
{
    [Theory]
    [InlineData(ConditionKind.None, true, true, true)]
    [InlineData(ConditionKind.Absent, true, false, false)]
    [InlineData(ConditionKind.Present, false, true, true)]
    [InlineData(ConditionKind.Version, false, true, false)]
    public async Task A_condition_holds_of_the_absent_the_right_version_and_another(
        ConditionKind kind, bool ofAbsent, bool ofVersion3, bool ofVersion4)
    {
        var condition = Condition(kind, version: 3);
        await CommitAsync(Put("P", "three", version: 3), Put("P", "four", version: 4));
        (string Sort, bool Expected)[] cases = [("absent", ofAbsent), ("three", ofVersion3), ("four", ofVersion4)];

        foreach (var (sort, expected) in cases)
        {
            Assert.Equal(expected, (await WriteAsync(TableWrite.Check(new("P", sort), condition))).Committed);
        }

        foreach (var (sort, expected) in cases)
        {
            Assert.Equal(expected, (await WriteAsync(Put("P", sort, "new", version: 9, condition: condition))).Committed);
        }
    }

    [Theory]
    [InlineData(ConditionKind.Absent, false)]
    [InlineData(ConditionKind.Present, true)]
    [InlineData(ConditionKind.Version, true)]
    public async Task A_delete_keeps_to_its_condition(ConditionKind kind, bool deletes)
    {
        await CommitAsync(Put("P", "S", version: 3));

        var result = await WriteAsync(TableWrite.Delete(new("P", "S"), Condition(kind, version: 3)));

        Assert.Equal(deletes, result.Committed);
        Assert.Equal(deletes, await GetAsync("P", "S") is null);
    }

    [Fact]
    public async Task One_failed_condition_undoes_the_whole_transaction_and_is_named()
    {
        await CommitAsync(Put("P", "there", "old"), TableWrite.Add(new("P", "counter"), 1));

        var result = await WriteAsync(
            Put("P", "new"),
            Put("P", "there", "changed"),
            TableWrite.Add(new("P", "counter"), 1),
            TableWrite.Check(new("P", "missing"), WriteCondition.Present),
            TableWrite.Check(new("P", "missing too"), WriteCondition.Present));

        Assert.Equal(3, result.FailedWrite);
        Assert.Null(await GetAsync("P", "new"));
        Assert.Equal("old", await BodyAsync("P", "there"));
        Assert.Equal(1, (await GetAsync("P", "counter"))!.Counter);
    }

    [Fact]
    public async Task A_transaction_spans_partitions_and_all_kinds_of_writes()
    {
        await CommitAsync(Put("A", "deleted"), Put("B", "checked", version: 2));

        await CommitAsync(
            TableWrite.Delete(new("A", "deleted"), WriteCondition.Present),
            TableWrite.Check(new("B", "checked"), WriteCondition.VersionIs(2)),
            TableWrite.Add(new("C", "counter"), 4, ceiling: 4),
            Put("D", "put", condition: WriteCondition.Absent));

        Assert.Null(await GetAsync("A", "deleted"));
        Assert.Equal(4, (await GetAsync("C", "counter"))!.Counter);
        Assert.NotNull(await GetAsync("D", "put"));
    }

    [Fact]
    public async Task A_hundred_writes_fit_in_one_transaction()
    {
        await CommitAsync([.. Enumerable.Range(0, ITable.MaxWrites).Select(i => Put("P", $"{i:D3}"))]);

        Assert.Equal(ITable.MaxWrites, (await SortsAsync(new TableQuery { Partition = "P", Limit = 30 })).Count);
    }

    [Fact]
    public async Task A_counter_starts_at_zero_and_goes_both_ways()
    {
        await CommitAsync(TableWrite.Add(new("P", "C"), 10));
        await CommitAsync(TableWrite.Add(new("P", "C"), -25));

        var counter = await GetAsync("P", "C");
        Assert.Equal(-15, counter!.Counter);
        Assert.Equal(0, counter.Body.Length);
    }

    [Fact]
    public async Task A_counter_reaches_its_ceiling_but_never_passes_it()
    {
        Assert.False((await WriteAsync(TableWrite.Add(new("P", "C"), 11, ceiling: 10))).Committed);
        Assert.Null(await GetAsync("P", "C"));

        await CommitAsync(TableWrite.Add(new("P", "C"), 7, ceiling: 10));
        Assert.Equal(0, (await WriteAsync(TableWrite.Add(new("P", "C"), 4, ceiling: 10))).FailedWrite);
        await CommitAsync(TableWrite.Add(new("P", "C"), 3, ceiling: 10));

        Assert.Equal(10, (await GetAsync("P", "C"))!.Counter);
    }

    [Fact]
    public async Task Concurrent_adds_lose_nothing_and_stop_at_the_ceiling()
    {
        const int ceiling = 100;
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var taken = 0;
            for (var i = 0; i < 25; i++)
            {
                taken += (await WriteAsync(TableWrite.Add(new("P", "C"), 1, ceiling))).Committed ? 1 : 0;
            }

            return taken;
        })));

        Assert.Equal(ceiling, results.Sum());
        Assert.Equal(ceiling, (await GetAsync("P", "C"))!.Counter);
    }

    [Fact]
    public async Task Of_concurrent_writers_with_the_same_version_one_wins()
    {
        await CommitAsync(Put("P", "S", version: 1));

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            () => WriteAsync(Put("P", "S", $"writer {i}", version: 2, condition: WriteCondition.VersionIs(1))))));

        var winner = Assert.Single(Enumerable.Range(0, 16), i => results[i].Committed);
        Assert.Equal($"writer {winner}", await BodyAsync("P", "S"));
    }

    private static WriteCondition Condition(ConditionKind kind, long version) => kind switch
    {
        ConditionKind.Absent => WriteCondition.Absent,
        ConditionKind.Present => WriteCondition.Present,
        ConditionKind.Version => WriteCondition.VersionIs(version),
        _ => WriteCondition.None,
    };
}
