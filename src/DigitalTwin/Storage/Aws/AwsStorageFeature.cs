using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using DigitalTwin.Aws;

namespace DigitalTwin.Storage.Aws;

internal static class AwsStorageFeature
{
    /// <summary>Registers the stores over DynamoDB and S3. Nothing is called before the first use.</summary>
    public static void AddAwsStorage(this IServiceCollection services, StorageSettings settings, IConfiguration configuration)
    {
        var aws = AwsSettings.Used(configuration);
        services.AddSingleton(provider => AwsClients.DynamoDb(aws, provider.GetRequiredService<AWSCredentials>()));
        services.AddSingleton(provider => AwsClients.S3(aws, provider.GetRequiredService<AWSCredentials>()));
        services.AddSingleton<ITable>(provider => new DynamoDbTable(
            provider.GetRequiredService<IAmazonDynamoDB>(),
            settings.TableName,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DynamoDbTable>>()));
        services.AddSingleton<IObjectStore>(provider => new S3ObjectStore(
            provider.GetRequiredService<IAmazonS3>(), settings.BucketName, provider.GetRequiredService<TimeProvider>()));
    }
}
