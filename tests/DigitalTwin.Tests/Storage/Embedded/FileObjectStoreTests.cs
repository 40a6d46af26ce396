using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded.Objects;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class FileObjectStoreTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ManualTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        ObjectInfo?[] infos;
        using (var store = Open())
        {
            infos = [await PutAsync(store, "k", "one"), await PutAsync(store, "k", "two"), await PutAsync(store, "gone", "x")];
            await store.DeleteAsync("gone", Cancel);
        }

        using var reopened = Open();

        Assert.Equal([infos[1]!, infos[0]!], await reopened.ListVersionsAsync("k", Cancel));
        Assert.Equal("two"u8.ToArray(), (await reopened.GetAsync("k", cancellationToken: Cancel))!.Content.ToArray());
        Assert.Null(await reopened.GetAsync("gone", cancellationToken: Cancel));
        Assert.Equal(["k"], (await reopened.ListAsync("", cancellationToken: Cancel)).Select(info => info.Key));
        Assert.Null(await reopened.PutAsync("k", default, "text/plain", new ObjectCondition(IfMatch: infos[0]!.ETag), Cancel));
    }

    [Fact]
    public async Task What_a_crash_left_unfinished_is_removed()
    {
        using (var store = Open())
        {
            await PutAsync(store, "erased", "one");
            await PutAsync(store, "kept", "one");
        }

        var homes = Directory.GetDirectories(folder.Path).ToDictionary(home => File.ReadAllLines(Directory.GetFiles(home)[0])[1]);
        Directory.Move(homes["erased"], homes["erased"] + ".erased");
        var unfinished = Path.Combine(homes["kept"], "0000000002-x.new");
        File.WriteAllText(unfinished, "half of a");

        using var reopened = Open();

        Assert.Equal(["kept"], (await reopened.ListAsync("", cancellationToken: Cancel)).Select(info => info.Key));
        Assert.Equal([homes["kept"]], Directory.GetDirectories(folder.Path));
        Assert.False(File.Exists(unfinished));
    }

    [Fact]
    public async Task A_damaged_version_is_an_error_that_names_the_file()
    {
        using (var store = Open())
        {
            await PutAsync(store, "k", "content");
        }

        var file = Assert.Single(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        using (var store = Open())
        {
            var error = await Assert.ThrowsAsync<StorageCorruptException>(async () => await store.GetAsync("k", cancellationToken: Cancel));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(file, bytes[..^1]);
        Assert.Contains(file, Assert.Throws<StorageCorruptException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_for_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix modes.");
        using var store = FileObjectStore.Open(folder.File("objects"), time);
        await PutAsync(store, "k", "x");

        var home = Assert.Single(Directory.GetDirectories(folder.File("objects")));
        Modes.AssertFolder(folder.File("objects"));
        Modes.AssertFolder(home);
        Modes.AssertFile(Assert.Single(Directory.GetFiles(home)));
    }

    private FileObjectStore Open() => FileObjectStore.Open(folder.Path, time);

    private static async Task<ObjectInfo?> PutAsync(FileObjectStore store, string key, string text) =>
        await store.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(text), "text/plain", cancellationToken: Cancel);
}
