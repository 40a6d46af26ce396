using System.Text.Json.Serialization;

namespace DigitalTwin.Aws;

/// <summary>
/// AWS Secrets Manager, as far as secrets are read and rotated here. A secret is known by its name or ARN; every call may fail with
/// <see cref="AwsServiceException"/>: <c>ResourceNotFoundException</c>, <c>AccessDeniedException</c>, …
/// </summary>
public sealed class SecretsManager(AwsClient aws)
{
    /// <summary>The stage of the version that counts.</summary>
    public const string Current = "AWSCURRENT";

    /// <summary>The stage of the version that a rotation is making.</summary>
    public const string Pending = "AWSPENDING";

    private static readonly AwsOperation DescribeSecret = AwsService.SecretsManager.Operation("DescribeSecret");
    private static readonly AwsOperation GetSecretValue = AwsService.SecretsManager.Operation("GetSecretValue");
    private static readonly AwsOperation PutSecretValue = AwsService.SecretsManager.Operation("PutSecretValue");
    private static readonly AwsOperation UpdateSecretVersionStage = AwsService.SecretsManager.Operation("UpdateSecretVersionStage");

    /// <summary>The current text of a secret; null when it is binary.</summary>
    public Task<string?> GetTextAsync(string secretId, CancellationToken cancellationToken) =>
        // Without the stage some implementations answer with the version before.
        ReadAsync(new GetSecretValueRequest(secretId, VersionStage: Current), cancellationToken);

    /// <summary>The text of one version; null when it is binary. A version without a value is a <c>ResourceNotFoundException</c>.</summary>
    public Task<string?> GetVersionTextAsync(string secretId, string versionId, CancellationToken cancellationToken) =>
        ReadAsync(new GetSecretValueRequest(secretId, VersionId: versionId), cancellationToken);

    /// <summary>What versions a secret has, without their values.</summary>
    public Task<SecretDescription> DescribeAsync(string secretId, CancellationToken cancellationToken) => aws.CallAsync(
        DescribeSecret,
        new DescribeSecretRequest(secretId),
        SecretsManagerJson.Default.DescribeSecretRequest,
        SecretsManagerJson.Default.SecretDescription,
        cancellationToken);

    /// <summary>Adds the version of a rotation. The same text again changes nothing; another is a <c>ResourceExistsException</c>.</summary>
    /// <param name="versionId">32 to 64 characters.</param>
    public Task PutPendingTextAsync(string secretId, string versionId, string text, CancellationToken cancellationToken) => aws.CallAsync(
        PutSecretValue,
        new PutSecretValueRequest(secretId, versionId, text, [Pending]),
        SecretsManagerJson.Default.PutSecretValueRequest,
        SecretsManagerJson.Default.NothingResponse,
        cancellationToken);

    /// <summary>Makes another version the current one. Fails when <paramref name="fromVersionId"/> is no longer that.</summary>
    public Task MoveCurrentAsync(string secretId, string fromVersionId, string toVersionId, CancellationToken cancellationToken) => aws.CallAsync(
        UpdateSecretVersionStage,
        new UpdateSecretVersionStageRequest(secretId, Current, fromVersionId, toVersionId),
        SecretsManagerJson.Default.UpdateSecretVersionStageRequest,
        SecretsManagerJson.Default.NothingResponse,
        cancellationToken);

    private async Task<string?> ReadAsync(GetSecretValueRequest request, CancellationToken cancellationToken)
    {
        var secret = await aws.CallAsync(
            GetSecretValue, request, SecretsManagerJson.Default.GetSecretValueRequest, SecretsManagerJson.Default.GetSecretValueResponse, cancellationToken);
        return secret.SecretString;
    }
}

/// <param name="RotationEnabled">Whether a rotation is set up.</param>
/// <param name="VersionIdsToStages">The stages of each version that has one; null when there is no version.</param>
public sealed record SecretDescription(bool RotationEnabled, IReadOnlyDictionary<string, IReadOnlyList<string>>? VersionIdsToStages);

internal sealed record DescribeSecretRequest(string SecretId);

internal sealed record GetSecretValueRequest(string SecretId, string? VersionId = null, string? VersionStage = null);

internal sealed record GetSecretValueResponse(string? SecretString);

internal sealed record PutSecretValueRequest(string SecretId, string ClientRequestToken, string SecretString, IReadOnlyList<string> VersionStages);

internal sealed record UpdateSecretVersionStageRequest(string SecretId, string VersionStage, string RemoveFromVersionId, string MoveToVersionId);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DescribeSecretRequest))]
[JsonSerializable(typeof(SecretDescription))]
[JsonSerializable(typeof(GetSecretValueRequest))]
[JsonSerializable(typeof(GetSecretValueResponse))]
[JsonSerializable(typeof(PutSecretValueRequest))]
[JsonSerializable(typeof(UpdateSecretVersionStageRequest))]
[JsonSerializable(typeof(NothingResponse))]
internal sealed partial class SecretsManagerJson : JsonSerializerContext;
