using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.S3;
using Amazon.S3.Model;

namespace DigitalTwin.Storage.Aws;

/// <summary>Creates what the template creates on AWS, for a table and a bucket elsewhere: an emulator, or an account without the template.</summary>
internal static class AwsStorage
{
    /// <summary>Makes the table with both indexes and its expiry; one that is there stays as it is.</summary>
    public static async Task CreateTableAsync(IAmazonDynamoDB tables, string table, CancellationToken cancellationToken = default)
    {
        try
        {
            await tables.CreateTableAsync(TableDefinition(table), cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // It is there.
        }

        while ((await tables.DescribeTableAsync(table, cancellationToken)).Table.TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        await SetExpiryAsync(tables, table, cancellationToken);
    }

    /// <summary>Makes the versioned bucket in the client's region; one that is there stays as it is.</summary>
    public static async Task CreateBucketAsync(IAmazonS3 buckets, string bucket, CancellationToken cancellationToken = default)
    {
        // us-east-1 is the one region that must not be named.
        var region = buckets.Config.AuthenticationRegion ?? buckets.Config.RegionEndpoint?.SystemName;
        try
        {
            var request = new PutBucketRequest { BucketName = bucket, UseClientRegion = false, BucketRegionName = region is "us-east-1" ? null : region };
            await buckets.PutBucketAsync(request, cancellationToken);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "BucketAlreadyOwnedByYou")
        {
            // It is there.
        }

        await buckets.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } },
            cancellationToken);
    }

    private static async Task SetExpiryAsync(IAmazonDynamoDB tables, string table, CancellationToken cancellationToken)
    {
        var expiry = await tables.DescribeTimeToLiveAsync(table, cancellationToken);
        if (expiry.TimeToLiveDescription?.TimeToLiveStatus is null || expiry.TimeToLiveDescription.TimeToLiveStatus == TimeToLiveStatus.DISABLED)
        {
            await tables.UpdateTimeToLiveAsync(
                new UpdateTimeToLiveRequest
                {
                    TableName = table,
                    TimeToLiveSpecification = new TimeToLiveSpecification { AttributeName = DynamoDbItems.Expiry, Enabled = true },
                },
                cancellationToken);
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
}
