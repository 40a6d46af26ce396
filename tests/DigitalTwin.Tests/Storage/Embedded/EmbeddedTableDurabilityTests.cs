using DigitalTwin.Storage;
using Xunit;
using static DigitalTwin.Tests.Storage.Embedded.TableFolder;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class EmbeddedTableDurabilityTests : IDisposable
{
    private static readonly TableQuery Partition = new() { Partition = "P" };

    private readonly TableFolder folder = new();
    private readonly HeldFlush disk = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        disk.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_write_completes_with_its_flush_and_not_before()
    {
        await using var table = folder.Open(disk);
        disk.Hold();

        var write = table.WriteAsync(new[] { Put("S") }, Cancel).AsTask();
        await disk.ArrivedAsync(Cancel);
        Assert.False(write.IsCompleted);

        disk.Release();
        Assert.True((await write).Committed);
    }

    [Fact]
    public async Task Reads_of_what_is_not_durable_wait_and_others_do_not()
    {
        await using var table = folder.Open(disk);
        await table.WriteAsync(new[] { Put("durable"), Put("deleted"), Put("apart", partition: "Q") }, Cancel);
        disk.Hold();
        var write = table.WriteAsync(new[] { Put("new"), TableWrite.Delete(new("P", "deleted")) }, Cancel);
        await disk.ArrivedAsync(Cancel);

        Task[] waiting =
        [
            table.GetAsync(new("P", "new"), Cancel).AsTask(),
            table.GetAsync(new("P", "deleted"), Cancel).AsTask(),
            table.QueryAsync(Partition, Cancel).AsTask(),
            table.WriteAsync(new[] { TableWrite.Check(new("P", "new"), WriteCondition.Present) }, Cancel).AsTask(),
        ];
        Task[] immediate =
        [
            table.GetAsync(new("P", "durable"), Cancel).AsTask(),
            table.GetAsync(new("Q", "apart"), Cancel).AsTask(),
            table.GetAsync(new("nowhere", "x"), Cancel).AsTask(),
            table.QueryAsync(new TableQuery { Partition = "Q" }, Cancel).AsTask(),
        ];

        Assert.All(immediate, task => Assert.True(task.IsCompletedSuccessfully));
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        disk.Release();
        await Task.WhenAll(waiting);
        Assert.True((await write).Committed);
        Assert.Equal(["durable", "new"], (await table.QueryAsync(Partition, Cancel)).Items.Select(item => item.Key.SK));
    }

    [Fact]
    public async Task A_failed_condition_is_known_at_once()
    {
        await using var table = folder.Open(disk);
        disk.Hold();
        var first = table.WriteAsync(new[] { Put("S") }, Cancel);

        var second = table.WriteAsync(new[] { TableWrite.Check(new("P", "S"), WriteCondition.Absent) }, Cancel);

        Assert.True(second.IsCompletedSuccessfully);
        Assert.Equal(0, (await second).FailedWrite);
        disk.Release();
        await first;
    }

    [Fact]
    public async Task Writes_started_one_after_the_other_apply_in_that_order()
    {
        await using (var table = folder.Open())
        {
            var writes = Enumerable.Range(0, 200).Select(i => table.WriteAsync(new[] { Put("S", $"{i}"), Put($"T{i:D3}") }, Cancel).AsTask()).ToList();
            await Task.WhenAll(writes);
        }

        await using var reopened = folder.Open();
        Assert.Equal("199"u8.ToArray(), (await reopened.GetAsync(new("P", "S"), Cancel))!.Body.ToArray());
    }

    [Fact]
    public async Task After_a_failed_flush_nothing_undurable_is_read_or_written_until_a_restart()
    {
        await using (var table = folder.Open(disk))
        {
            await table.WriteAsync(new[] { Put("durable") }, Cancel);
            disk.Hold();
            var inFlight = table.WriteAsync(new[] { Put("in flight") }, Cancel).AsTask();
            await disk.ArrivedAsync(Cancel);
            var pending = table.WriteAsync(new[] { Put("pending") }, Cancel).AsTask();
            var read = table.GetAsync(new("P", "pending"), Cancel).AsTask();

            disk.Fail("the disk is on fire");

            foreach (var task in new Task[] { inFlight, pending, read })
            {
                Assert.Contains("on fire", (await Assert.ThrowsAsync<StorageUnavailableException>(() => task)).Message, StringComparison.Ordinal);
            }

            await AssertUnavailableAsync(async () => await table.WriteAsync(new[] { Put("later") }, Cancel));
            await AssertUnavailableAsync(async () => await table.GetAsync(new("P", "pending"), Cancel));
            await AssertUnavailableAsync(async () => await table.QueryAsync(Partition, Cancel));
            await AssertUnavailableAsync(async () => await table.ScrubAsync(Cancel));
            Assert.NotNull(await table.GetAsync(new("P", "durable"), Cancel));
        }

        await using var reopened = folder.Open();
        Assert.NotNull(await reopened.GetAsync(new("P", "durable"), Cancel));
        Assert.Null(await reopened.GetAsync(new("P", "pending"), Cancel));
        Assert.Null(await reopened.GetAsync(new("P", "later"), Cancel));
    }

    [Fact]
    public async Task Closing_completes_the_writes_that_were_begun()
    {
        Task<WriteResult> write;
        await using (var table = folder.Open())
        {
            write = table.WriteAsync(new[] { Put("S") }, Cancel).AsTask();
        }

        Assert.True((await write).Committed);
        await using var reopened = folder.Open();
        Assert.NotNull(await reopened.GetAsync(new("P", "S"), Cancel));
    }

    [Fact]
    public async Task A_closed_table_refuses_writes()
    {
        var table = folder.Open();
        await table.DisposeAsync();

        await AssertUnavailableAsync(async () => await table.WriteAsync(new[] { Put("S") }, Cancel));
    }

    [Fact]
    public async Task A_scrub_leaves_nothing_that_was_deleted_replaced_or_expired_on_the_disk()
    {
        await using var table = folder.Open();
        await table.WriteAsync(new[] { Put("1", "SECRET-DELETED"), Put("2", "SECRET-REPLACED"), Put("3", "KEPT") }, Cancel);
        await table.WriteAsync(
            new[] { TableWrite.Put(new TableItem { Key = new("P", "4"), Body = "SECRET-EXPIRED"u8.ToArray(), ExpiresAt = folder.Time.GetUtcNow().ToUnixTimeSeconds() + 1 }) },
            Cancel);
        folder.Time.Advance(TimeSpan.FromSeconds(1));
        await table.WriteAsync(new[] { TableWrite.Delete(new("P", "1")), Put("2", "NEW") }, Cancel);

        await table.ScrubAsync(Cancel);

        var files = Directory.GetFiles(folder.Path).Where(file => Path.GetFileName(file) != "lock").Select(File.ReadAllText).ToList();
        Assert.DoesNotContain(files, text => text.Contains("SECRET", StringComparison.Ordinal));
        Assert.Contains(files, text => text.Contains("KEPT", StringComparison.Ordinal) && text.Contains("NEW", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scrubs_asked_for_during_a_run_share_the_next_one()
    {
        await using var table = folder.Open(disk);
        disk.Hold();
        var first = table.ScrubAsync(Cancel).AsTask();
        await disk.ArrivedAsync(Cancel);
        var others = Enumerable.Range(0, 10).Select(_ => table.ScrubAsync(Cancel).AsTask()).ToList();

        disk.Release();
        await Task.WhenAll(others.Append(first));

        Assert.True(File.Exists(Path.Combine(folder.Path, "log-0000000003")));
        Assert.False(File.Exists(Path.Combine(folder.Path, "log-0000000004")));
    }

    private static Task<StorageUnavailableException> AssertUnavailableAsync(Func<Task> act) => Assert.ThrowsAsync<StorageUnavailableException>(act);
}
