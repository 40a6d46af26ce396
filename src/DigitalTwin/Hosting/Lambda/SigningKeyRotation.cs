using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DigitalTwin.Aws;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// Makes the app's secret's next signing key the one that signs, and gives it another next one; the last one stays as the previous, so that
/// visitors stay who they are. Each step can come again, and changes nothing then. A version that others changed meanwhile is never
/// overwritten: the rotation fails instead.
/// </summary>
/// <remarks>
/// Instances read the secret every few minutes, each at its own time. A key has been the next one for a whole period before it signs, so no
/// instance meets a cookie whose key it does not know.
/// </remarks>
internal sealed partial class SigningKeyRotation(LambdaSettings settings, SecretsManager secrets, ILogger<SigningKeyRotation> logger) : ISecretRotation
{
    private const int KeyBytes = 32;

    public async Task RotateAsync(RotationStep step, CancellationToken cancellationToken)
    {
        Func<Versions, CancellationToken, Task> work = step.Name switch
        {
            "createSecret" => CreateAsync,
            // Nobody else knows the key.
            "setSecret" => (_, _) => Task.CompletedTask,
            "testSecret" => TestAsync,
            "finishSecret" => FinishAsync,
            _ => throw new BadEventException("The rotation has no such step."),
        };
        if (await FindAsync(step, cancellationToken) is { } versions)
        {
            await work(versions, cancellationToken);
        }

        Log.StepDone(logger, step.Name);
    }

    /// <summary>Null when the new version is the current one already. What is no rotation of ours is refused, as AWS's guide has it.</summary>
    private async Task<Versions?> FindAsync(RotationStep step, CancellationToken cancellationToken)
    {
        if (step.SecretId != settings.RotatedSecretId)
        {
            throw new BadEventException("The event names another secret than Twin:Lambda:RotatedSecretId.");
        }

        var secret = await secrets.DescribeAsync(step.SecretId, cancellationToken);
        if (!secret.RotationEnabled)
        {
            throw new BadEventException("The secret's rotation is not enabled.");
        }

        var stages = secret.VersionIdsToStages?.GetValueOrDefault(step.Token) ?? [];
        if (stages.Contains(SecretsManager.Current))
        {
            return null;
        }

        var current = secret.VersionIdsToStages?.FirstOrDefault(version => version.Value.Contains(SecretsManager.Current)).Key;
        return stages.Contains(SecretsManager.Pending) && current is not null
            ? new Versions(step.SecretId, current, step.Token)
            : throw new BadEventException("The event's version of the secret is not the pending one, or there is no current one.");
    }

    private async Task CreateAsync(Versions versions, CancellationToken cancellationToken)
    {
        if (!await HasValueAsync(versions, cancellationToken))
        {
            var current = await ReadAsync(versions.Secret, versions.Current, cancellationToken);
            var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
            await secrets.PutPendingTextAsync(versions.Secret, versions.Pending, SigningKeys.Rotated(current, key).ToJsonString(), cancellationToken);
        }
    }

    /// <summary>A schedule that is set up tries this step alone, with a pending version that is a copy of the current one.</summary>
    private async Task TestAsync(Versions versions, CancellationToken cancellationToken)
    {
        var (current, pending) = await ReadBothAsync(versions, cancellationToken);
        if (!JsonNode.DeepEquals(current, pending))
        {
            Check(current, pending);
        }
    }

    private async Task FinishAsync(Versions versions, CancellationToken cancellationToken)
    {
        var (current, pending) = await ReadBothAsync(versions, cancellationToken);
        Check(current, pending);
        await secrets.MoveCurrentAsync(versions.Secret, versions.Current, versions.Pending, cancellationToken);
    }

    private static void Check(JsonObject current, JsonObject pending)
    {
        var next = SigningKeys.KeyOf(pending, SigningKeys.NextKey);
        if (next == SigningKeys.KeyOf(pending) || !JsonNode.DeepEquals(SigningKeys.Rotated(current, next), pending))
        {
            throw new BadSettingsException(
                "The secret's pending version is not its current one rotated: one of them was changed meanwhile. Take the stage AWSPENDING from that version and rotate again.");
        }
    }

    private async Task<(JsonObject Current, JsonObject Pending)> ReadBothAsync(Versions versions, CancellationToken cancellationToken) =>
        (await ReadAsync(versions.Secret, versions.Current, cancellationToken), await ReadAsync(versions.Secret, versions.Pending, cancellationToken));

    private async Task<JsonObject> ReadAsync(string secretId, string versionId, CancellationToken cancellationToken) =>
        SigningKeys.Parse(await secrets.GetVersionTextAsync(secretId, versionId, cancellationToken));

    private async Task<bool> HasValueAsync(Versions versions, CancellationToken cancellationToken)
    {
        try
        {
            await secrets.GetVersionTextAsync(versions.Secret, versions.Pending, cancellationToken);
            return true;
        }
        catch (AwsServiceException e) when (e.Code == "ResourceNotFoundException")
        {
            return false;
        }
    }

    /// <param name="Secret">The ARN.</param>
    /// <param name="Current">The version id.</param>
    /// <param name="Pending">The version id.</param>
    private sealed record Versions(string Secret, string Current, string Pending);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The rotation's step {Step} is done.")]
        public static partial void StepDone(ILogger logger, string step);
    }
}
