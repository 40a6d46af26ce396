using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DigitalTwin.Storage.Embedded.Objects;

/// <summary>
/// Objects as files: a folder for each key, named by the key's hash (so that no two keys clash, by case, by length or as file and
/// folder), a file in it for each version. The newest file is the current version; putting, deleting and erasing are one rename each.
/// </summary>
/// <remarks>What is there is read once, at the start. The process must have the folder to itself; the table's lock sees to that.</remarks>
public sealed class FileObjectStore : IObjectStore, IDisposable
{
    internal const string UnfinishedSuffix = ".new";
    private const string ErasedSuffix = ".erased";

    private readonly string folder;
    private readonly TimeProvider time;
    private readonly ObjectIndex index = new();
    private readonly SemaphoreSlim writing = new(1);

    private FileObjectStore(string folder, TimeProvider time) => (this.folder, this.time) = (folder, time);

    /// <summary>Opens the folder, makes it when it is absent, and removes what a crash left unfinished.</summary>
    /// <exception cref="StorageUnavailableException">The folder cannot be read or written.</exception>
    /// <exception cref="StorageCorruptException">A version's file is damaged; the message names it.</exception>
    public static FileObjectStore Open(string folder, TimeProvider time)
    {
        DataFolder.Create(folder);
        var store = new FileObjectStore(folder, time);
        try
        {
            foreach (var entry in Directory.EnumerateDirectories(folder))
            {
                store.Load(entry);
            }

            return store;
        }
        catch (Exception e) when (DataFolder.IsFileError(e))
        {
            throw new StorageUnavailableException($"The object folder '{folder}' cannot be read or written: {e.Message}", e);
        }
    }

    public async ValueTask<ObjectInfo?> PutAsync(
        string key, ReadOnlyMemory<byte> content, string mediaType, ObjectCondition condition = default, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        ObjectGuard.CheckMediaType(mediaType);
        return await WriteAsync(key, () => Holds(condition, key) ? Add(key, content.Span, mediaType, isDeletion: false) : null, cancellationToken);
    }

    public async ValueTask<StoredObject?> GetAsync(string key, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();
        var version = versionId is null
            ? index.Current(key)
            : index.Versions(key).FirstOrDefault(known => known.Info.VersionId == versionId && !known.IsDeletion);
        try
        {
            return version is null ? null : new StoredObject(version.Info, await version.ReadContentAsync(cancellationToken));
        }
        catch (Exception e) when (DataFolder.IsFileError(e))
        {
            if (await WasErasedAsync(version!, cancellationToken))
            {
                return null;
            }

            throw new StorageUnavailableException($"The object '{key}' cannot be read: {e.Message}", e);
        }
    }

    public ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(
        string prefix, string? after = null, int limit = 1000, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckLimit(limit);
        cancellationToken.ThrowIfCancellationRequested();
        return new(index.List(prefix, after, limit));
    }

    public ValueTask<IReadOnlyList<ObjectInfo>> ListVersionsAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. index.Versions(key).Where(version => !version.IsDeletion).Select(version => version.Info).Reverse()]);
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        await WriteAsync(
            key, () => index.Current(key) is { } current ? Add(key, default, current.Info.MediaType, isDeletion: true) : null, cancellationToken);
    }

    public async ValueTask EraseAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        await WriteAsync(key, () => Erase(key), cancellationToken);
    }

    public void Dispose() => writing.Dispose();

    /// <summary>One write at a time makes conditions atomic.</summary>
    private async Task<T> WriteAsync<T>(string key, Func<T> write, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            return write();
        }
        catch (Exception e) when (DataFolder.IsFileError(e))
        {
            throw new StorageUnavailableException($"The object '{key}' cannot be written: {e.Message}", e);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task<bool> WasErasedAsync(ObjectFile version, CancellationToken cancellationToken) =>
        await WriteAsync(version.Info.Key, () => !index.Versions(version.Info.Key).Contains(version), cancellationToken);

    private bool Holds(ObjectCondition condition, string key)
    {
        var current = index.Current(key)?.Info;
        return !(condition.IfNoneMatch && current is not null) && (condition.IfMatch is null || condition.IfMatch == current?.ETag);
    }

    private bool Erase(string key)
    {
        var home = FolderOf(key);
        if (!Directory.Exists(home))
        {
            return false;
        }

        // After the rename all of it is gone; deleting the files one by one could leave some of the versions.
        var erased = home + ErasedSuffix;
        DeleteFolder(erased);
        Directory.Move(home, erased);
        index.Remove(key);
        DataFolder.Flush(folder);
        DeleteFolder(erased);
        DataFolder.Flush(folder);
        return true;
    }

    private ObjectInfo Add(string key, ReadOnlySpan<byte> content, string mediaType, bool isDeletion)
    {
        var home = FolderOf(key);
        DataFolder.Create(home);
        var versions = index.Versions(key);
        var number = versions.Count == 0 ? 1 : Number(versions[^1].Info.VersionId) + 1;
        // The random part keeps an id from coming back with other content after an erasure.
        var id = TwinId.New(string.Create(CultureInfo.InvariantCulture, $"{number:D10}-"));
        var storedAt = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var info = new ObjectInfo(key, id, ObjectFile.ETagOf(content), mediaType, content.Length, storedAt);
        var version = new ObjectFile(Path.Combine(home, id), info, isDeletion);
        version.Write(content);
        index.Add(version);
        return info;
    }

    private void Load(string home)
    {
        if (home.EndsWith(ErasedSuffix, StringComparison.Ordinal))
        {
            DeleteFolder(home);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(home).OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            if (file.EndsWith(UnfinishedSuffix, StringComparison.Ordinal))
            {
                File.Delete(file);
            }
            else
            {
                index.Add(ObjectFile.ReadInfo(file));
            }
        }
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static long Number(string versionId) => long.Parse(versionId.AsSpan(0, versionId.IndexOf('-')), CultureInfo.InvariantCulture);

    private string FolderOf(string key) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
}
