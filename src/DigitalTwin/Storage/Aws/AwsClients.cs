using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using DigitalTwin.Aws;

namespace DigitalTwin.Storage.Aws;

/// <summary>
/// The SDK's clients with the credentials, the region and the addresses of all that asks AWS here; a region that no setting names, the SDK
/// looks for in its profile. Both are safe for concurrent use.
/// </summary>
internal static class AwsClients
{
    public static IAmazonDynamoDB DynamoDb(AwsSettings settings, AWSCredentials credentials) =>
        Made(() => new AmazonDynamoDBClient(credentials, At(settings, AwsSettings.DynamoDbEndpoint, TableConfig())));

    public static IAmazonS3 S3(AwsSettings settings, AWSCredentials credentials) => Made(() =>
    {
        var client = new AmazonS3Client(credentials, At(settings, AwsSettings.S3Endpoint, BucketConfig()));

        // An endpoint of one's own seldom has a name for each bucket. To read the endpoint before the client is made would lose it.
        ((AmazonS3Config)client.Config).ForcePathStyle = client.Config.ServiceURL is not null;
        return client;
    });

    /// <summary>A table answers within milliseconds, or better never: the next try may. All tries are those of <see cref="AwsCalls"/>.</summary>
    public static AmazonDynamoDBConfig TableConfig() => new() { MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(3) };

    /// <summary>An object of 20 MiB takes its time.</summary>
    public static AmazonS3Config BucketConfig() => new() { MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(30) };

    private static T At<T>(AwsSettings settings, string endpointVariable, T config)
        where T : ClientConfig
    {
        if (settings.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        if (settings.EndpointOf(endpointVariable) is { } address)
        {
            // This takes the region away from the address; the signature still needs it.
            config.ServiceURL = address;
            config.AuthenticationRegion = settings.Region;
        }

        return config;
    }

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
