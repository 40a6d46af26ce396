using System.Text.Json.Serialization;

namespace DigitalTwin.Aws;

/// <summary>AWS Secrets Manager, as far as it is read here.</summary>
public sealed class SecretsManager(AwsClient aws)
{
    private static readonly AwsOperation GetSecretValue = AwsService.SecretsManager.Operation("GetSecretValue");

    /// <summary>The current text of a secret, by its name or ARN; null when it is binary.</summary>
    /// <exception cref="AwsServiceException"><c>ResourceNotFoundException</c>, <c>AccessDeniedException</c>, …</exception>
    public async Task<string?> GetTextAsync(string secretId, CancellationToken cancellationToken)
    {
        // Without the stage some implementations answer with the version before.
        var secret = await aws.CallAsync(
            GetSecretValue,
            new GetSecretValueRequest(secretId, "AWSCURRENT"),
            SecretsManagerJson.Default.GetSecretValueRequest,
            SecretsManagerJson.Default.GetSecretValueResponse,
            cancellationToken);
        return secret.SecretString;
    }
}

internal sealed record GetSecretValueRequest(string SecretId, string VersionStage);

internal sealed record GetSecretValueResponse(string? SecretString);

[JsonSerializable(typeof(GetSecretValueRequest))]
[JsonSerializable(typeof(GetSecretValueResponse))]
internal sealed partial class SecretsManagerJson : JsonSerializerContext;
