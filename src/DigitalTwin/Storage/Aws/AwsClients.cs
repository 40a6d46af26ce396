using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;

namespace DigitalTwin.Storage.Aws;

/// <summary>
/// Clients as the SDK makes them from its environment: credentials by its chain, region by <c>AWS_REGION</c>, endpoints by
/// <c>AWS_ENDPOINT_URL</c> and <c>AWS_ENDPOINT_URL_&lt;SERVICE&gt;</c>. Both are safe for concurrent use.
/// </summary>
internal static class AwsClients
{
    public static IAmazonDynamoDB DynamoDb() => Made(() => new AmazonDynamoDBClient(TableConfig()));

    public static IAmazonS3 S3() => Made(() =>
    {
        var client = new AmazonS3Client(BucketConfig());

        // An endpoint of one's own seldom has a name for each bucket. To read the endpoint before the client is made would lose it.
        ((AmazonS3Config)client.Config).ForcePathStyle = client.Config.ServiceURL is not null;
        return client;
    });

    /// <summary>A table answers within milliseconds, or better never: the next try may. All tries are those of <see cref="AwsCalls"/>.</summary>
    public static AmazonDynamoDBConfig TableConfig() => new() { MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(3) };

    /// <summary>An object of 20 MiB takes its time.</summary>
    public static AmazonS3Config BucketConfig() => new() { MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(30) };

    private static T Made<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (AmazonClientException e)
        {
            throw new BadSettingsException($"Twin:Storage:Provider: Aws needs a region and credentials, as AWS_REGION and those of the SDK's chain: {e.Message}");
        }
    }
}
