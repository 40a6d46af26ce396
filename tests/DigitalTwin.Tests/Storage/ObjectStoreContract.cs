using System.Text;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Storage;

/// <summary>What every object store does. An implementation is one class with one factory method.</summary>
public abstract class ObjectStoreContract : IAsyncLifetime
{
    private readonly ManualTimeProvider time = new();
    private IObjectStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract ValueTask<IObjectStore> CreateAsync(TimeProvider time);

    public async ValueTask InitializeAsync() => store = await CreateAsync(time);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_put_is_read_back_with_its_description()
    {
        var info = await PutAsync("persona/me.txt", "I am Ada.");

        var read = await store.GetAsync("persona/me.txt", cancellationToken: Cancel);
        Assert.Equal(info, read!.Info);
        Assert.Equal("I am Ada.", Text(read));
        Assert.Equal(("persona/me.txt", "text/plain", 9L), (info!.Key, info.MediaType, info.Size));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await PutAsync("empty", "");

        Assert.Equal("", await ReadAsync("empty"));
    }

    [Fact]
    public async Task Keys_that_differ_by_case_or_nest_do_not_clash()
    {
        string[] keys = ["a", "A", "a/b", "a/B", "a/b/c", "a.b", "a_b", "a-b", new string('x', 512), string.Join('/', Enumerable.Repeat("y", 256))];
        foreach (var key in keys)
        {
            await PutAsync(key, $"content of {key}");
        }

        foreach (var key in keys)
        {
            Assert.Equal($"content of {key}", await ReadAsync(key));
        }

        Assert.Equal(keys.Order(StringComparer.Ordinal), await KeysAsync(""));
    }

    [Fact]
    public async Task Each_put_is_a_version_that_stays_readable()
    {
        var first = await PutAsync("k", "one");
        time.Advance(TimeSpan.FromSeconds(1));
        var second = await PutAsync("k", "two");

        Assert.Equal("two", await ReadAsync("k"));
        Assert.Equal("one", await ReadAsync("k", first!.VersionId));
        Assert.Equal("two", await ReadAsync("k", second!.VersionId));
        Assert.Equal([second, first!], await store.ListVersionsAsync("k", Cancel));
        Assert.Null(await ReadAsync("k", "no-such-version"));
        Assert.Null(await ReadAsync("k", "../k"));
    }

    [Fact]
    public async Task The_etag_changes_with_the_content_and_with_nothing_else()
    {
        var one = await PutAsync("k", "one");
        var two = await PutAsync("k", "two");
        var again = await PutAsync("k", "one");

        Assert.NotEqual(one!.ETag, two!.ETag);
        Assert.Equal(one.ETag, again!.ETag);
        Assert.NotEqual(one.VersionId, again.VersionId);
    }

    [Fact]
    public async Task If_none_match_puts_only_where_nothing_is()
    {
        var absent = new ObjectCondition(IfNoneMatch: true);

        Assert.NotNull(await PutAsync("k", "one", absent));
        Assert.Null(await PutAsync("k", "two", absent));
        await store.DeleteAsync("k", Cancel);
        Assert.NotNull(await PutAsync("k", "three", absent));

        Assert.Equal("three", await ReadAsync("k"));
    }

    [Fact]
    public async Task If_match_puts_only_over_that_content()
    {
        Assert.Null(await PutAsync("k", "zero", new ObjectCondition(IfMatch: "anything")));
        var one = await PutAsync("k", "one");

        var two = await PutAsync("k", "two", new ObjectCondition(IfMatch: one!.ETag));
        Assert.Null(await PutAsync("k", "three", new ObjectCondition(IfMatch: one.ETag)));

        Assert.Equal("two", await ReadAsync("k"));
        Assert.Equal(2, (await store.ListVersionsAsync("k", Cancel)).Count);
        await store.DeleteAsync("k", Cancel);
        Assert.Null(await PutAsync("k", "four", new ObjectCondition(IfMatch: two!.ETag)));
    }

    [Fact]
    public async Task Of_concurrent_puts_with_the_same_condition_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => PutAsync("k", $"writer {i}", new ObjectCondition(IfNoneMatch: true)))));

        var winner = Assert.Single(Enumerable.Range(0, 8), i => results[i] is not null);
        Assert.Equal($"writer {winner}", await ReadAsync("k"));
    }

    [Fact]
    public async Task A_deleted_object_is_absent_but_keeps_its_versions()
    {
        var one = await PutAsync("k", "one");

        await store.DeleteAsync("k", Cancel);
        await store.DeleteAsync("k", Cancel);
        await store.DeleteAsync("never-there", Cancel);

        Assert.Null(await ReadAsync("k"));
        Assert.Empty(await KeysAsync(""));
        Assert.Equal([one!], await store.ListVersionsAsync("k", Cancel));
        Assert.Equal("one", await ReadAsync("k", one!.VersionId));
    }

    [Fact]
    public async Task An_erased_object_is_gone_with_all_its_versions()
    {
        var one = await PutAsync("k", "one");
        await PutAsync("k", "two");
        await PutAsync("k/other", "stays");

        await store.EraseAsync("k", Cancel);
        await store.EraseAsync("never", Cancel);

        Assert.Null(await ReadAsync("k"));
        Assert.Null(await ReadAsync("k", one!.VersionId));
        Assert.Empty(await store.ListVersionsAsync("k", Cancel));
        Assert.Equal(["k/other"], await KeysAsync(""));
        Assert.NotEqual(one.VersionId, (await PutAsync("k", "new"))!.VersionId);
    }

    [Fact]
    public async Task A_list_has_a_prefix_an_order_and_pages()
    {
        string[] keys = ["b/2", "b/10", "a", "b/1", "c", "B/1"];
        foreach (var key in keys)
        {
            await PutAsync(key, key);
        }

        Assert.Equal(["B/1", "a", "b/1", "b/10", "b/2", "c"], await KeysAsync(""));
        Assert.Equal(["b/1", "b/10", "b/2"], await KeysAsync("b/"));
        Assert.Equal(["b/10"], await KeysAsync("b/", after: "b/1", limit: 1));
        Assert.Equal(["b/2"], await KeysAsync("b/", after: "b/10"));
        Assert.Empty(await KeysAsync("b/", after: "b/2"));
        Assert.Empty(await KeysAsync("nothing"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\\b")]
    [InlineData("a\n")]
    public async Task A_key_that_is_no_path_is_an_argument_error(string key)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => PutAsync(key, "x"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => ReadAsync(key));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.DeleteAsync(key, Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.EraseAsync(key, Cancel));
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_an_argument_error() =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => PutAsync(new string('x', 513), "x"));

    private static string Text(StoredObject stored) => Encoding.UTF8.GetString(stored.Content.Span);

    private async Task<ObjectInfo?> PutAsync(string key, string text, ObjectCondition condition = default) =>
        await store.PutAsync(key, Encoding.UTF8.GetBytes(text), "text/plain", condition, Cancel);

    private async Task<string?> ReadAsync(string key, string? version = null) =>
        await store.GetAsync(key, version, Cancel) is { } stored ? Text(stored) : null;

    private async Task<IEnumerable<string>> KeysAsync(string prefix, string? after = null, int limit = 1000) =>
        (await store.ListAsync(prefix, after, limit, Cancel)).Select(info => info.Key);
}
