using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using DigitalTwin.Aws;

namespace DigitalTwin.Storage.Aws;

/// <summary>Creates what the template creates on AWS, for a table and a bucket elsewhere: an emulator, or an account without the template.</summary>
internal static class AwsStorage
{
    /// <summary>Makes what is missing and says so, a line each.</summary>
    public static async Task SetUpAsync(StorageSettings settings, IConfiguration configuration, TextWriter output)
    {
        var aws = AwsSettings.Used(configuration);
        using var credentials = new ChainCredentials();
        using var tables = AwsClients.DynamoDb(aws, credentials);
        using var buckets = AwsClients.S3(aws, credentials);
        await output.WriteLineAsync(await AwsStorage.CreateTableAsync(tables, settings.TableName)
            ? $"Made the table {settings.TableName}: keys PK and SK, indexes GSI1 and GSI2, expiry by ttl, paid by request."
            : $"The table {settings.TableName} is there.");
        await output.WriteLineAsync(await AwsStorage.CreateBucketAsync(buckets, settings.BucketName)
            ? $"Made the bucket {settings.BucketName}: versioned, closed to the public."
            : $"The bucket {settings.BucketName} is there.");
    }

    /// <summary>
    /// Makes the table with both indexes and its expiry; false when it was there. Throws <see cref="StorageUnavailableException"/> when it
    /// cannot be made, or is there with other keys.
    /// </summary>
    public static Task<bool> CreateTableAsync(IAmazonDynamoDB tables, string table) => ToldAsync($"The table {table}", async () =>
    {
        var wanted = TableDefinition(table);
        var made = await TryAsync<ResourceInUseException>(() => tables.CreateTableAsync(wanted));
        TableDescription there;
        while ((there = (await tables.DescribeTableAsync(table)).Table).TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        if (!Keys(wanted.KeySchema, wanted.GlobalSecondaryIndexes.ToDictionary(index => index.IndexName, index => index.KeySchema))
            .SequenceEqual(Keys(there.KeySchema, (there.GlobalSecondaryIndexes ?? []).ToDictionary(index => index.IndexName, index => index.KeySchema))))
        {
            throw new StorageUnavailableException($"The table {table} is there, but with other keys or indexes; take another name.");
        }

        await SetExpiryAsync(tables, table);
        return made;
    });

    /// <summary>
    /// Makes the bucket in the client's region, versioned and closed to the public; false when it was there. Throws
    /// <see cref="StorageUnavailableException"/> when it cannot be made, or is somebody else's.
    /// </summary>
    public static Task<bool> CreateBucketAsync(IAmazonS3 buckets, string bucket) => ToldAsync($"The bucket {bucket}", async () =>
    {
        // us-east-1 is the one region that must not be named, and the one that does not mind when the bucket is there.
        var region = buckets.Config.AuthenticationRegion ?? buckets.Config.RegionEndpoint?.SystemName;
        var request = new PutBucketRequest { BucketName = bucket, UseClientRegion = false, BucketRegionName = region is "us-east-1" ? null : region };
        var made = !await IsThereAsync(buckets, bucket);
        if (made)
        {
            await buckets.PutBucketAsync(request);
        }

        await buckets.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } });
        await buckets.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest
        {
            BucketName = bucket,
            PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration
            {
                BlockPublicAcls = true,
                BlockPublicPolicy = true,
                IgnorePublicAcls = true,
                RestrictPublicBuckets = true,
            },
        });
        return made;
    });

    /// <summary>Whether it is there and ours; somebody else's refuses the question.</summary>
    private static async Task<bool> IsThereAsync(IAmazonS3 buckets, string bucket)
    {
        try
        {
            await buckets.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket });
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private static async Task<bool> TryAsync<TThere>(Func<Task> make)
        where TThere : AmazonServiceException
    {
        try
        {
            await make();
            return true;
        }
        catch (TThere)
        {
            return false;
        }
    }

    private static async Task<bool> ToldAsync(string what, Func<Task<bool>> make)
    {
        try
        {
            return await make();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new StorageUnavailableException($"{what} cannot be made: {e.Message}", e);
        }
    }

    private static async Task SetExpiryAsync(IAmazonDynamoDB tables, string table)
    {
        var expiry = await tables.DescribeTimeToLiveAsync(table);
        if (expiry.TimeToLiveDescription?.TimeToLiveStatus is null || expiry.TimeToLiveDescription.TimeToLiveStatus == TimeToLiveStatus.DISABLED)
        {
            await tables.UpdateTimeToLiveAsync(new UpdateTimeToLiveRequest
            {
                TableName = table,
                TimeToLiveSpecification = new TimeToLiveSpecification { AttributeName = DynamoDbItems.Expiry, Enabled = true },
            });
        }
    }

    private static CreateTableRequest TableDefinition(string table)
    {
        string[] keys = ["PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"];
        return new CreateTableRequest
        {
            TableName = table,
            BillingMode = BillingMode.PAY_PER_REQUEST,
            AttributeDefinitions = [.. keys.Select(key => new AttributeDefinition(key, ScalarAttributeType.S))],
            KeySchema = Schema(TableIndex.Primary),
            GlobalSecondaryIndexes = [Index(TableIndex.Gsi1), Index(TableIndex.Gsi2)],
        };
    }

    private static GlobalSecondaryIndex Index(TableIndex index) => new()
    {
        IndexName = DynamoDbItems.IndexName(index),
        KeySchema = Schema(index),
        Projection = new Projection { ProjectionType = ProjectionType.ALL },
    };

    private static List<KeySchemaElement> Schema(TableIndex index) =>
    [
        new(DynamoDbItems.PartitionKeyOf(index), KeyType.HASH),
        new(DynamoDbItems.SortKeyOf(index), KeyType.RANGE),
    ];

    private static IEnumerable<string> Keys(List<KeySchemaElement> table, Dictionary<string, List<KeySchemaElement>> indexes) =>
        indexes.Append(KeyValuePair.Create("", table)).OrderBy(index => index.Key, StringComparer.Ordinal)
            .Select(index => $"{index.Key}: {string.Join(", ", index.Value.OrderBy(key => key.KeyType.Value, StringComparer.Ordinal).Select(key => key.AttributeName))}");
}
