namespace DigitalTwin.Storage;

/// <summary>
/// Named, versioned objects: files, or an S3 bucket. Keys are <c>/</c>-separated paths of 1 to 512 characters from
/// <c>A–Z a–z 0–9 . _ - /</c>, without empty, <c>.</c> or <c>..</c> segments; others throw <see cref="ArgumentException"/>.
/// Throws <see cref="StorageUnavailableException"/> when the store cannot be read or written.
/// </summary>
public interface IObjectStore
{
    /// <summary>
    /// Stores a new current version, durable when the task completes. Null when <paramref name="condition"/> does not hold.
    /// </summary>
    ValueTask<ObjectInfo?> PutAsync(
        string key, ReadOnlyMemory<byte> content, string mediaType, ObjectCondition condition = default, CancellationToken cancellationToken = default);

    /// <summary>The current version, or the named one; null when there is none.</summary>
    ValueTask<StoredObject?> GetAsync(string key, string? versionId = null, CancellationToken cancellationToken = default);

    /// <summary>Current objects whose key starts with <paramref name="prefix"/>, in ordinal key order, behind <paramref name="after"/> if given.</summary>
    ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(string prefix, string? after = null, int limit = 1000, CancellationToken cancellationToken = default);

    /// <summary>All stored versions of one object, newest first; also those of a deleted one.</summary>
    ValueTask<IReadOnlyList<ObjectInfo>> ListVersionsAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>The object is no longer current; its versions stay. Deleting what is absent succeeds.</summary>
    ValueTask DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Removes the object and all of its versions for good.</summary>
    ValueTask EraseAsync(string key, CancellationToken cancellationToken = default);
}

/// <param name="ETag">Changes with the content; an opaque text without quotes.</param>
/// <param name="Size">In bytes.</param>
public sealed record ObjectInfo(string Key, string VersionId, string ETag, string MediaType, long Size, DateTimeOffset StoredAt);

public sealed record StoredObject(ObjectInfo Info, ReadOnlyMemory<byte> Content);

/// <summary>What must hold of the current object for a put to happen.</summary>
/// <param name="IfMatch">The current ETag must be this.</param>
/// <param name="IfNoneMatch">There must be no current object.</param>
public readonly record struct ObjectCondition(string? IfMatch = null, bool IfNoneMatch = false);
