using System.Collections.Concurrent;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static DigitalTwin.Tests.Storage.Embedded.TableFolder;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class EmbeddedTableRecoveryTests : IDisposable
{
    private readonly TableFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tail_torn_or_spoilt_at_any_byte_is_dropped_and_the_rest_stays(bool spoilt)
    {
        var (whole, lastRecord) = await WriteRecordsAsync();

        for (var at = lastRecord; at < whole.Length; at++)
        {
            byte[] torn = [.. whole];
            torn[at] ^= 0x40;
            File.WriteAllBytes(folder.FirstSegment, spoilt ? torn : whole[..at]);
            var log = new CollectedLog();

            await using (var table = folder.Open(logger: log))
            {
                Assert.Equal(["1", "2"], await SortsAsync(table));
                Assert.True((await table.WriteAsync(new[] { Put("after") }, Cancel)).Committed);
            }

            if (spoilt || at > lastRecord)
            {
                Assert.Contains(log.Messages, message => message.Contains(folder.FirstSegment, StringComparison.Ordinal)
                    && message.Contains($"{(spoilt ? whole.Length : at) - lastRecord} bytes at offset {lastRecord}", StringComparison.Ordinal));
            }

            await using var reopened = folder.Open();
            Assert.Equal(["1", "2", "after"], await SortsAsync(reopened));
        }
    }

    [Fact]
    public async Task Damage_before_a_valid_record_stops_the_start_and_changes_nothing()
    {
        var (whole, lastRecord) = await WriteRecordsAsync();

        for (var at = 0; at < lastRecord; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x40;
            await AssertCorruptAsync(folder.FirstSegment, damaged);
        }
    }

    [Fact]
    public async Task A_cut_segment_before_the_last_one_stops_the_start()
    {
        await WriteRecordsAsync();
        var second = Path.Combine(folder.Path, "log-0000000002");
        File.Copy(folder.FirstSegment, second);

        await AssertCorruptAsync(folder.FirstSegment, File.ReadAllBytes(folder.FirstSegment)[..^1]);
    }

    [Fact]
    public async Task Damage_to_the_snapshot_stops_the_start_and_changes_nothing()
    {
        await using (var table = folder.Open())
        {
            await table.WriteAsync(new[] { Put("1"), Put("2") }, Cancel);
            await table.ScrubAsync(Cancel);
        }

        var whole = File.ReadAllBytes(folder.Snapshot);
        for (var at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x01;
            await AssertCorruptAsync(folder.Snapshot, damaged);
            await AssertCorruptAsync(folder.Snapshot, whole[..at]);
        }
    }

    [Fact]
    public async Task A_missing_segment_stops_the_start()
    {
        await using (var table = folder.Open())
        {
            await table.WriteAsync(new[] { Put("1") }, Cancel);
            await table.ScrubAsync(Cancel);
        }

        File.Delete(Path.Combine(folder.Path, "log-0000000002"));

        Assert.Contains("log-0000000002", Assert.Throws<StorageCorruptException>(() => folder.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crashed_compaction_left_is_ignored_and_removed()
    {
        await using (var table = folder.Open())
        {
            await table.WriteAsync(new[] { Put("1") }, Cancel);
        }

        var old = File.ReadAllBytes(folder.FirstSegment);
        await using (var table = folder.Open())
        {
            await table.ScrubAsync(Cancel);
            await table.WriteAsync(new[] { Put("2") }, Cancel);
        }

        File.WriteAllBytes(folder.FirstSegment, old);
        File.WriteAllText(folder.Snapshot + ".new", "half a snapshot");

        await using var reopened = folder.Open();

        Assert.Equal(["1", "2"], await SortsAsync(reopened));
        Assert.False(File.Exists(folder.FirstSegment));
        Assert.False(File.Exists(folder.Snapshot + ".new"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public async Task A_segment_torn_at_its_creation_is_begun_anew(int length)
    {
        await using (var table = folder.Open())
        {
            await table.WriteAsync(new[] { Put("1") }, Cancel);
            await table.ScrubAsync(Cancel);
        }

        var last = Path.Combine(folder.Path, "log-0000000002");
        File.WriteAllBytes(last, File.ReadAllBytes(last)[..length]);

        await using (var table = folder.Open())
        {
            await table.WriteAsync(new[] { Put("2") }, Cancel);
        }

        await using var reopened = folder.Open();
        Assert.Equal(["1", "2"], await SortsAsync(reopened));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_opening_waits_for_the_first_to_end()
    {
        var opened = new TaskCompletionSource<EmbeddedTable>();
        var next = new Thread(() => opened.SetResult(folder.Open()));

        await using (folder.Open())
        {
            next.Start();
            SpinWait.SpinUntil(() => next.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || opened.Task.IsCompleted);
        }

        await using var table = await opened.Task;
        Assert.True((await table.WriteAsync(new[] { Put("after") }, Cancel)).Committed);
    }

    [Fact]
    public async Task A_second_opening_is_refused_while_the_first_lasts()
    {
        await using (folder.Open())
        {
            var error = Assert.Throws<StorageUnavailableException>(() => folder.Open());
            Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
            Assert.Contains("another process", error.Message, StringComparison.Ordinal);
        }

        await using var afterwards = folder.Open();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_an_error_that_names_it()
    {
        using var parent = new TempFolder();
        var file = parent.File("a-file");
        File.WriteAllText(file, "");
        var below = Path.Combine(file, "data");

        var error = Assert.Throws<StorageUnavailableException>(
            () => EmbeddedTable.Open(new EmbeddedTableOptions { Folder = below }, folder.Time, NullLogger<EmbeddedTable>.Instance));

        Assert.Contains(below, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_folder_is_an_error_that_names_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Folder modes do not bind this user.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var error = Assert.Throws<StorageUnavailableException>(() => folder.Open());
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
            Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Files_are_for_their_owner_only()
    {
        using var parent = new TempFolder();
        var home = Path.Combine(parent.Path, "data", "table");
        await using var table = EmbeddedTable.Open(new EmbeddedTableOptions { Folder = home }, folder.Time, NullLogger<EmbeddedTable>.Instance);
        await table.ScrubAsync(Cancel);

        Modes.AssertFolder(Path.Combine(parent.Path, "data"));
        Modes.AssertFolder(home);
        Assert.All(Directory.GetFiles(home), Modes.AssertFile);
    }

    private static async Task<IEnumerable<string>> SortsAsync(EmbeddedTable table) =>
        (await table.QueryAsync(new TableQuery { Partition = "P" }, Cancel)).Items.Select(item => item.Key.SK);

    /// <summary>Three records, each its own flush; says where the last one begins.</summary>
    private async Task<(byte[] Whole, int LastRecord)> WriteRecordsAsync()
    {
        await using var table = folder.Open();
        await table.WriteAsync(new[] { Put("1") }, Cancel);
        await table.WriteAsync(new[] { Put("2") }, Cancel);
        var lastRecord = (int)new FileInfo(folder.FirstSegment).Length;
        await table.WriteAsync(new[] { Put("3"), Put("4", gsi1: new("G", "4")) }, Cancel);
        return (File.ReadAllBytes(folder.FirstSegment), lastRecord);
    }

    private async Task AssertCorruptAsync(string file, byte[] damaged)
    {
        await File.WriteAllBytesAsync(file, damaged, Cancel);
        var before = folder.Content();

        var error = Assert.Throws<StorageCorruptException>(() => folder.Open());

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Matches("offset [0-9]+", error.Message);
        Assert.Equal(before, folder.Content());
    }

    private sealed class CollectedLog : ILogger<EmbeddedTable>
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception));
    }
}
