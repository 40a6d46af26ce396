using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace DigitalTwin.Storage.Aws;

/// <summary>
/// Objects in a versioned S3 bucket. When an object was stored is kept as its metadata by our clock, since S3 tells its own only to
/// later reads.
/// </summary>
internal sealed class S3ObjectStore(IAmazonS3 client, string bucket, TimeProvider clock) : IObjectStore
{
    private const string StoredAt = "stored-at";

    /// <summary>Tells a put from others of the same content.</summary>
    private const string PutId = "put-id";

    /// <summary>Lists do not tell media types, so each listed object is asked for its head, this many at a time.</summary>
    private const int HeadsAtOnce = 8;

    public async ValueTask<ObjectInfo?> PutAsync(
        string key, ReadOnlyMemory<byte> content, string mediaType, ObjectCondition condition = default, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        ObjectGuard.CheckMediaType(mediaType);
        var storedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var (bytes, id) = (content.ToArray(), TwinId.New("p-"));
        return await CallAsync(PutOnceAsync, cancellationToken);

        async Task<ObjectInfo?> PutOnceAsync()
        {
            var request = new PutObjectRequest
            {
                BucketName = bucket,
                Key = key,
                InputStream = new MemoryStream(bytes, writable: false),
                ContentType = mediaType,
                IfMatch = condition.IfMatch is { } match ? Quoted(match) : null,
                IfNoneMatch = condition.IfNoneMatch ? "*" : null,
            };
            request.Metadata[StoredAt] = storedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            request.Metadata[PutId] = id;
            try
            {
                var response = await client.PutObjectAsync(request, cancellationToken);
                return new ObjectInfo(key, response.VersionId, Unquoted(response.ETag), mediaType, bytes.Length, storedAt);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed || (condition.IfMatch is not null && IsAbsent(e)))
            {
                // It may be our own put that is in the way, one whose answer was lost.
                return await HeadAsync(key, null, cancellationToken) is { } stored && stored.PutId == id ? stored.Info : null;
            }
        }
    }

    public async ValueTask<StoredObject?> GetAsync(string key, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        return await CallAsync(
            async () =>
            {
                try
                {
                    var request = new GetObjectRequest { BucketName = bucket, Key = key, VersionId = versionId };
                    using var response = await client.GetObjectAsync(request, cancellationToken);
                    using var content = new MemoryStream();
                    await response.ResponseStream.CopyToAsync(content, cancellationToken);
                    var storedAt = TimeOf(response.Metadata, response.LastModified);
                    var info = new ObjectInfo(key, response.VersionId, Unquoted(response.ETag), response.Headers.ContentType, content.Length, storedAt);
                    return new StoredObject(info, content.ToArray());
                }
                catch (AmazonS3Exception e) when (IsAbsent(e))
                {
                    return null;
                }
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(
        string prefix, string? after = null, int limit = 1000, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckLimit(limit);
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, StartAfter = after, MaxKeys = limit };
        var response = await CallAsync(() => client.ListObjectsV2Async(request, cancellationToken), cancellationToken);
        return await HeadsAsync((response.S3Objects ?? []).Select(found => (found.Key, (string?)null)), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<ObjectInfo>> ListVersionsAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        var versions = await VersionsAsync(key, cancellationToken);
        return await HeadsAsync(versions.Where(version => version.IsDeleteMarker != true).Select(version => (key, (string?)version.VersionId)), cancellationToken);
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        var request = new DeleteObjectRequest { BucketName = bucket, Key = key };
        await CallAsync(() => client.DeleteObjectAsync(request, cancellationToken), cancellationToken);
    }

    public async ValueTask EraseAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        foreach (var version in await VersionsAsync(key, cancellationToken))
        {
            var request = new DeleteObjectRequest { BucketName = bucket, Key = key, VersionId = version.VersionId };
            await CallAsync(() => client.DeleteObjectAsync(request, cancellationToken), cancellationToken);
        }
    }

    /// <summary>All versions of one key with its delete markers, newest first. The list is by prefix, in key order: the key itself comes first.</summary>
    private async Task<List<S3ObjectVersion>> VersionsAsync(string key, CancellationToken cancellationToken)
    {
        var found = new List<S3ObjectVersion>();
        var request = new ListVersionsRequest { BucketName = bucket, Prefix = key };
        ListVersionsResponse response;
        do
        {
            response = await CallAsync(() => client.ListVersionsAsync(request, cancellationToken), cancellationToken);
            var versions = response.Versions ?? [];
            found.AddRange(versions.Where(version => version.Key == key));
            if (versions.Exists(version => version.Key != key))
            {
                break;
            }

            (request.KeyMarker, request.VersionIdMarker) = (response.NextKeyMarker, response.NextVersionIdMarker);
        }
        while (response.IsTruncated == true);

        return found;
    }

    private async Task<List<ObjectInfo>> HeadsAsync(IEnumerable<(string Key, string? VersionId)> objects, CancellationToken cancellationToken)
    {
        var heads = new List<ObjectInfo>();
        foreach (var some in objects.Chunk(HeadsAtOnce))
        {
            var found = await Task.WhenAll(some.Select(one => CallAsync(() => HeadAsync(one.Key, one.VersionId, cancellationToken), cancellationToken)));
            heads.AddRange(found.OfType<Head>().Select(head => head.Info));
        }

        return heads;
    }

    /// <summary>Null when there is none (any more).</summary>
    private async Task<Head?> HeadAsync(string key, string? versionId, CancellationToken cancellationToken)
    {
        try
        {
            var head = await client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = bucket, Key = key, VersionId = versionId }, cancellationToken);
            var storedAt = TimeOf(head.Metadata, head.LastModified);
            return new Head(
                new ObjectInfo(key, head.VersionId, Unquoted(head.ETag), head.Headers.ContentType, head.ContentLength, storedAt), head.Metadata[PutId]);
        }
        catch (AmazonS3Exception e) when (IsAbsent(e))
        {
            return null;
        }
    }

    private static DateTimeOffset TimeOf(MetadataCollection metadata, DateTime? lastModified) =>
        long.TryParse(metadata[StoredAt], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : new DateTimeOffset(DateTime.SpecifyKind(lastModified ?? DateTime.UnixEpoch, DateTimeKind.Utc));

    /// <summary>No such key or version, a version that is a delete marker (405), or a version id that is none (400).</summary>
    private static bool IsAbsent(AmazonS3Exception e) =>
        e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed && e.ErrorCode != "NoSuchBucket"
        || (e.StatusCode == HttpStatusCode.BadRequest && e.ErrorCode is "InvalidArgument" or "NoSuchVersion");

    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await AwsCalls.TryAsync(call, cancellationToken);
        }
        catch (Exception e) when (AwsCalls.IsUnavailable(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    private StorageUnavailableException Unavailable(Exception e) => e is AmazonS3Exception { ErrorCode: "NoSuchBucket" }
        ? new($"There is no bucket {bucket}; 'dotnet run -- setup-storage' creates it.", e)
        : new($"The bucket {bucket} cannot be reached: {AwsCalls.Reason(e)}.", e);

    private static string Quoted(string tag) => $"\"{tag}\"";

    private static string Unquoted(string tag) => tag.Trim('"');

    /// <param name="PutId">Of the put that stored it; null for somebody else's.</param>
    private sealed record Head(ObjectInfo Info, string? PutId);
}
