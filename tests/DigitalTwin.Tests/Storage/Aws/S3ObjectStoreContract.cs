using Amazon.S3;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Aws;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Storage.Aws;

[Collection(OneMoto.Name)]
public sealed class S3ObjectStoreContract(MotoServer moto) : ObjectStoreContract
{
    private AmazonS3Client? client;

    protected override async ValueTask<IObjectStore> CreateAsync(TimeProvider time)
    {
        var bucket = "bucket-" + Guid.CreateVersion7();
        client = moto.Gate.S3();
        await AwsStorage.CreateBucketAsync(client, bucket);
        return new S3ObjectStore(client, bucket, time);
    }

    public override async ValueTask DisposeAsync()
    {
        client?.Dispose();
        await base.DisposeAsync();
    }
}
