using System.Net;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.S3;
using Amazon.S3.Model;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Storage.Aws;

[Collection(OneMoto.Name)]
public sealed class AwsSetupTests(MotoServer moto) : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly string name = "twin-" + Guid.CreateVersion7();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_setup_makes_a_table_and_a_bucket_once_and_the_twin_runs_on_them()
    {
        var first = await TwinCommand.RunAsync(folder.Path, ["setup-storage"], Settings());
        var second = await TwinCommand.RunAsync(folder.Path, ["setup-storage"], Settings());

        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Equal([$"Made the table {name}:", $"Made the bucket {name}:"], first.Output.TrimEnd().Split('\n').Select(line => line[..(line.IndexOf(':') + 1)]));
        Assert.Equal((0, $"The table {name} is there.\nThe bucket {name} is there.\n", ""), second);
        await AssertTableAsync();
        await AssertBucketAsync();
        await AssertRunsAsync();
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_region_and_the_addresses_are_those_of_the_settings()
    {
        (string, string)[] settings =
        [
            .. Settings().Where(setting => !setting.Setting.StartsWith("AWS_ENDPOINT", StringComparison.Ordinal) && setting.Setting != "AWS_REGION"),
            ("Twin:Aws:Region", AwsGate.Region), ("AWS_ENDPOINT_URL_DYNAMODB", moto.Gate.Address), ("AWS_ENDPOINT_URL_S3", moto.Gate.Address),
            ("HOME", folder.Path), ("AWS_EC2_METADATA_DISABLED", "true"),
        ];

        var ended = await TwinCommand.RunAsync(folder.Path, ["setup-storage"], settings);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        await AssertTableAsync();
        await AssertBucketAsync();
    }

    [Fact]
    public async Task A_table_with_other_keys_is_not_taken_for_ours()
    {
        using var tables = moto.Gate.DynamoDb();
        var request = new CreateTableRequest(name, [new KeySchemaElement("id", KeyType.HASH)], [new AttributeDefinition("id", ScalarAttributeType.S)], null)
        {
            BillingMode = BillingMode.PAY_PER_REQUEST,
        };
        await tables.CreateTableAsync(request, Cancel);

        var ended = await TwinCommand.RunAsync(folder.Path, ["setup-storage"], Settings());

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"The table {name} is there, but with other keys", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_embedded_store_needs_no_setup()
    {
        var ended = await TwinCommand.RunAsync(folder.Path, ["setup-storage"]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("Twin:Storage:Provider", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_missing_stops_the_start_with_its_name()
    {
        var ended = await TwinCommand.RunAsync(folder.Path, Settings());

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"There is no table {name}", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_are_missing_stop_the_start_with_a_line_that_says_so()
    {
        var ended = await TwinCommand.RunAsync(
            folder.Path,
            [.. Settings(), ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""), ("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", folder.Path)]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"{name} cannot be reached: Failed to resolve AWS credentials.", Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private (string Setting, string Value)[] Settings() =>
    [
        ("Twin:Storage:Provider", "Aws"),
        ("Twin:Storage:TableName", name),
        ("Twin:Storage:BucketName", name),
        ("Twin:Owner:Key", TwinFixture.OwnerKey),
        ("Twin:Signing:Key", TestCookie.SigningKey),
        ("AWS_ENDPOINT_URL", moto.Gate.Address),
        ("AWS_REGION", AwsGate.Region),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];

    private async Task AssertTableAsync()
    {
        using var tables = moto.Gate.DynamoDb();
        var table = (await tables.DescribeTableAsync(name, Cancel)).Table;
        Assert.Equal(["PK", "SK"], table.KeySchema.Select(key => key.AttributeName));
        Assert.Equal(["GSI1", "GSI2"], table.GlobalSecondaryIndexes.Select(index => index.IndexName).Order());
        Assert.Equal(BillingMode.PAY_PER_REQUEST, table.BillingModeSummary.BillingMode);
        var expiry = (await tables.DescribeTimeToLiveAsync(name, Cancel)).TimeToLiveDescription;
        Assert.Equal(("ttl", TimeToLiveStatus.ENABLED), (expiry.AttributeName, expiry.TimeToLiveStatus));
    }

    private async Task AssertBucketAsync()
    {
        using var buckets = moto.Gate.S3();
        var versioning = await buckets.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = name }, Cancel);
        Assert.Equal(VersionStatus.Enabled, versioning.VersioningConfig.Status);
        var access = await buckets.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = name }, Cancel);
        Assert.True(access.PublicAccessBlockConfiguration.RestrictPublicBuckets);
    }

    private async Task AssertRunsAsync()
    {
        var (command, address) = await TwinCommand.StartAsync(folder.Path, Settings());
        await using (command)
        {
            using var client = new HttpClient { BaseAddress = address };
            using var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            Assert.Contains("Owner key: the setting Twin:Owner:Key", command.Output, StringComparison.Ordinal);
            Assert.Empty(command.Errors);

            using var buckets = moto.Gate.S3();
            foreach (var stored in (await buckets.ListObjectsV2Async(new ListObjectsV2Request { BucketName = name }, Cancel)).S3Objects)
            {
                await buckets.DeleteObjectAsync(name, stored.Key, Cancel);
            }

            using var tables = moto.Gate.DynamoDb();
            await tables.DeleteTableAsync(name, Cancel);
            using var notReady = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        }
    }
}
