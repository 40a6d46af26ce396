using System.Text.RegularExpressions;

namespace DigitalTwin.Storage;

/// <param name="DataPath"><c>Twin:DataPath</c>, made absolute against the content root; <c>data</c> by default. Not used on AWS.</param>
/// <param name="Provider"><c>Twin:Storage:Provider</c>: <c>Embedded</c> (by default) or <c>Aws</c>.</param>
/// <param name="TableName"><c>Twin:Storage:TableName</c>: the DynamoDB table.</param>
/// <param name="BucketName"><c>Twin:Storage:BucketName</c>: the S3 bucket.</param>
public sealed partial record StorageSettings(string DataPath, string Provider, string TableName, string BucketName) : ICheckedSettings
{
    public const string Embedded = "Embedded";
    public const string Aws = "Aws";

    public bool IsOnAws => Provider.Equals(Aws, StringComparison.OrdinalIgnoreCase);

    public static StorageSettings From(IConfiguration configuration, string contentRoot) => new(
        Path.GetFullPath(configuration["Twin:DataPath"] is { Length: > 0 } path ? path : "data", contentRoot),
        configuration["Twin:Storage:Provider"] is { Length: > 0 } provider ? provider : Embedded,
        configuration["Twin:Storage:TableName"] ?? "",
        configuration["Twin:Storage:BucketName"] ?? "");

    public IEnumerable<string> Problems()
    {
        if (!IsOnAws && !Provider.Equals(Embedded, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"Twin:Storage:Provider: '{Provider}' is no storage provider; there are Embedded and Aws.";
        }

        if (IsOnAws && !TableNames().IsMatch(TableName))
        {
            yield return $"Twin:Storage:TableName: '{TableName}' is no name of a DynamoDB table: 3 to 255 letters, digits, '.', '_' or '-'.";
        }

        if (IsOnAws && !BucketNames().IsMatch(BucketName))
        {
            yield return $"Twin:Storage:BucketName: '{BucketName}' is no name of an S3 bucket: 3 to 63 small letters, digits, '.' or '-', with a letter or digit at both ends.";
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{3,255}\z")]
    private static partial Regex TableNames();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketNames();
}
