using Amazon.DynamoDBv2;
using Amazon.S3;
using DigitalTwin.Storage.Aws;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>A table and a bucket of a test's own on the emulator, and whole twins on them.</summary>
internal sealed class AwsStores : IDisposable
{
    private AwsStores(AwsGate gate) => (Tables, Buckets) = (gate.DynamoDb(), gate.S3());

    public AmazonDynamoDBClient Tables { get; }

    public AmazonS3Client Buckets { get; }

    /// <summary>Of the table and of the bucket.</summary>
    public string Name { get; } = "twin-" + Guid.CreateVersion7();

    public static async Task<AwsStores> CreateAsync(MotoServer moto)
    {
        var stores = new AwsStores(moto.Gate);
        await AwsStorage.CreateTableAsync(stores.Tables, stores.Name);
        await AwsStorage.CreateBucketAsync(stores.Buckets, stores.Name);
        return stores;
    }

    /// <summary>An instance of the twin; several may run at once.</summary>
    /// <param name="gate">Its own way to the stores.</param>
    public TwinFixture Start(AwsGate gate, Action<IServiceCollection>? more = null, params (string Setting, string Value)[] settings) => TwinFixture.Start(
        services: services =>
        {
            services.AddSingleton<IAmazonDynamoDB>(gate.DynamoDb());
            services.AddSingleton<IAmazonS3>(gate.S3());
            more?.Invoke(services);
        },
        settings:
        [
            ("Twin:Storage:Provider", "Aws"),
            ("Twin:Storage:TableName", Name),
            ("Twin:Storage:BucketName", Name),
            ("Twin:Signing:Key", TestCookie.SigningKey),
            ("Twin:Limits:Enabled", "false"),
            .. settings,
        ]);

    /// <summary>Every stored text: items of the table and all versions of all objects, as far as they are text.</summary>
    public async Task<string> EverythingAsync(CancellationToken cancellationToken)
    {
        var items = (await Tables.ScanAsync(new Amazon.DynamoDBv2.Model.ScanRequest(Name), cancellationToken)).Items.Select(item => string.Join(' ', item.Values.Select(
            value => value.S ?? value.N ?? System.Text.Encoding.UTF8.GetString(value.B.ToArray()))));
        var texts = new List<string>(items);
        var versions = await Buckets.ListVersionsAsync(new Amazon.S3.Model.ListVersionsRequest { BucketName = Name }, cancellationToken);
        foreach (var version in (versions.Versions ?? []).Where(version => version.IsDeleteMarker != true))
        {
            using var stored = await Buckets.GetObjectAsync(Name, version.Key, version.VersionId, cancellationToken);
            using var reader = new StreamReader(stored.ResponseStream);
            texts.Add($"{version.Key} {await reader.ReadToEndAsync(cancellationToken)}");
        }

        return string.Join('\n', texts);
    }

    public void Dispose()
    {
        Tables.Dispose();
        Buckets.Dispose();
    }
}
