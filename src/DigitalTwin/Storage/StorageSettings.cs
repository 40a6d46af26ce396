using System.Text.RegularExpressions;
using FluentValidation;

namespace DigitalTwin.Storage;

/// <param name="DataPath"><c>Twin:DataPath</c>, made absolute against the content root; <c>data</c> by default. Not used on AWS.</param>
/// <param name="Provider"><c>Twin:Storage:Provider</c>: <c>Embedded</c> (by default) or <c>Aws</c>.</param>
/// <param name="TableName"><c>Twin:Storage:TableName</c>: the DynamoDB table.</param>
/// <param name="BucketName"><c>Twin:Storage:BucketName</c>: the S3 bucket.</param>
public sealed record StorageSettings(string DataPath, string Provider, string TableName, string BucketName)
{
    public const string Embedded = "Embedded";
    public const string Aws = "Aws";

    public bool IsOnAws => Provider.Equals(Aws, StringComparison.OrdinalIgnoreCase);

    public static StorageSettings From(IConfiguration configuration, string contentRoot) => new(
        Path.GetFullPath(configuration["Twin:DataPath"] is { Length: > 0 } path ? path : "data", contentRoot),
        configuration["Twin:Storage:Provider"] is { Length: > 0 } provider ? provider : Embedded,
        configuration["Twin:Storage:TableName"] ?? "",
        configuration["Twin:Storage:BucketName"] ?? "");
}

internal sealed partial class StorageSettingsValidator : AbstractValidator<StorageSettings>
{
    public StorageSettingsValidator()
    {
        RuleFor(settings => settings.Provider)
            .Must(provider => provider.Equals(StorageSettings.Embedded, StringComparison.OrdinalIgnoreCase) || provider.Equals(StorageSettings.Aws, StringComparison.OrdinalIgnoreCase))
            .OverridePropertyName("Twin:Storage:Provider")
            .WithMessage("'{PropertyValue}' is no storage provider; there are Embedded and Aws.");
        When(settings => settings.IsOnAws, () =>
        {
            RuleFor(settings => settings.TableName)
                .Must(name => TableNames().IsMatch(name))
                .OverridePropertyName("Twin:Storage:TableName")
                .WithMessage("'{PropertyValue}' is no name of a DynamoDB table: 3 to 255 letters, digits, '.', '_' or '-'.");
            RuleFor(settings => settings.BucketName)
                .Must(name => BucketNames().IsMatch(name))
                .OverridePropertyName("Twin:Storage:BucketName")
                .WithMessage("'{PropertyValue}' is no name of an S3 bucket: 3 to 63 small letters, digits, '.' or '-', with a letter or digit at both ends.");
        });
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{3,255}\z")]
    private static partial Regex TableNames();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketNames();
}
