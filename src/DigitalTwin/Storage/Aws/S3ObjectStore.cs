using System.Globalization;
using System.Net;
using Amazon.Runtime;
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

    /// <summary>S3 answers 409 to a conditional put that met another one, and says that it may be tried again.</summary>
    private const int ConflictTries = 5;

    /// <summary>Lists do not tell media types, so each listed object is asked for its head, this many at a time.</summary>
    private const int HeadsAtOnce = 8;

    public async ValueTask<ObjectInfo?> PutAsync(
        string key, ReadOnlyMemory<byte> content, string mediaType, ObjectCondition condition = default, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        ObjectGuard.CheckMediaType(mediaType);
        var storedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        for (var attempt = 1; ; attempt++)
        {
            var request = new PutObjectRequest
            {
                BucketName = bucket,
                Key = key,
                InputStream = new MemoryStream(content.ToArray(), writable: false),
                ContentType = mediaType,
                IfMatch = condition.IfMatch is { } match ? Quoted(match) : null,
                IfNoneMatch = condition.IfNoneMatch ? "*" : null,
            };
            request.Metadata[StoredAt] = storedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            try
            {
                var response = await client.PutObjectAsync(request, cancellationToken);
                return new ObjectInfo(key, response.VersionId, Unquoted(response.ETag), mediaType, content.Length, storedAt);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed || (condition.IfMatch is not null && IsAbsent(e)))
            {
                return null;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.Conflict && attempt < ConflictTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50 * attempt), cancellationToken);
            }
            catch (Exception e) when (IsUnavailable(e, cancellationToken))
            {
                throw Unavailable(e);
            }
        }
    }

    public async ValueTask<StoredObject?> GetAsync(string key, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        try
        {
            using var response = await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key, VersionId = versionId }, cancellationToken);
            using var content = new MemoryStream();
            await response.ResponseStream.CopyToAsync(content, cancellationToken);
            var info = new ObjectInfo(
                key, response.VersionId, Unquoted(response.ETag), response.Headers.ContentType, content.Length, TimeOf(response.Metadata, response.LastModified));
            return new StoredObject(info, content.ToArray());
        }
        catch (AmazonS3Exception e) when (IsAbsent(e))
        {
            return null;
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    public async ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(
        string prefix, string? after = null, int limit = 1000, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckLimit(limit);
        try
        {
            var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, StartAfter = after, MaxKeys = limit };
            var response = await client.ListObjectsV2Async(request, cancellationToken);
            return await HeadsAsync((response.S3Objects ?? []).Select(found => (found.Key, (string?)null)), cancellationToken);
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    public async ValueTask<IReadOnlyList<ObjectInfo>> ListVersionsAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        try
        {
            var versions = await VersionsAsync(key, cancellationToken);
            return await HeadsAsync(versions.Where(version => version.IsDeleteMarker != true).Select(version => (key, (string?)version.VersionId)), cancellationToken);
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        try
        {
            await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = key }, cancellationToken);
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    public async ValueTask EraseAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectGuard.CheckKey(key);
        try
        {
            foreach (var version in await VersionsAsync(key, cancellationToken))
            {
                await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = key, VersionId = version.VersionId }, cancellationToken);
            }
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw Unavailable(e);
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
            response = await client.ListVersionsAsync(request, cancellationToken);
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
            var infos = await Task.WhenAll(some.Select(one => HeadAsync(one.Key, one.VersionId, cancellationToken)));
            heads.AddRange(infos.OfType<ObjectInfo>());
        }

        return heads;
    }

    /// <summary>Null when the object went after it was listed.</summary>
    private async Task<ObjectInfo?> HeadAsync(string key, string? versionId, CancellationToken cancellationToken)
    {
        try
        {
            var head = await client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = bucket, Key = key, VersionId = versionId }, cancellationToken);
            return new ObjectInfo(
                key, head.VersionId, Unquoted(head.ETag), head.Headers.ContentType, head.ContentLength, TimeOf(head.Metadata, head.LastModified));
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

    private static bool IsUnavailable(Exception e, CancellationToken cancellationToken) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private StorageUnavailableException Unavailable(Exception e) =>
        new($"The bucket {bucket} cannot be reached: {(e as AmazonServiceException)?.ErrorCode ?? e.GetType().Name}.", e);

    private static string Quoted(string tag) => $"\"{tag}\"";

    private static string Unquoted(string tag) => tag.Trim('"');
}
