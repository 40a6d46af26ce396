using System.Text.Json.Nodes;
using DigitalTwin.Tests.Aws;
using DigitalTwin.Tests.Testing;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>A secret in the emulator, and what Secrets Manager does to it itself when it rotates one.</summary>
internal sealed class RotatedSecret : IDisposable
{
    private RotatedSecret(EmulatedAws aws, string arn) => (Aws, Arn) = (aws, arn);

    public EmulatedAws Aws { get; }

    public string Arn { get; }

    public static async Task<RotatedSecret> CreateAsync(MotoServer moto, string name, string text, bool rotates = true)
    {
        var aws = new EmulatedAws(moto);
        await aws.CreateSecretAsync(name, text);
        var secret = new RotatedSecret(aws, (await aws.SendAsync("secretsmanager", "DescribeSecret", new JsonObject { ["SecretId"] = name }.ToJsonString()))["ARN"]!.GetValue<string>());
        if (rotates)
        {
            await secret.SendAsync("RotateSecret", new() { ["RotateImmediately"] = false, ["RotationRules"] = new JsonObject { ["AutomaticallyAfterDays"] = 90 } });
        }

        return secret;
    }

    /// <summary>
    /// Adds the empty pending version that a rotation begins with. The emulator makes it current at once, which is taken back, and leaves
    /// the stage of the last rotation where it was, which AWS takes away at its end.
    /// </summary>
    public async Task BeginAsync(string token)
    {
        var current = await CurrentVersionAsync();
        if (await FindAsync("AWSPENDING") is { } last)
        {
            await SendAsync("UpdateSecretVersionStage", new() { ["VersionStage"] = "AWSPENDING", ["RemoveFromVersionId"] = last });
        }

        await SendAsync("RotateSecret", new() { ["ClientRequestToken"] = token });
        await SendAsync("UpdateSecretVersionStage", new() { ["VersionStage"] = "AWSCURRENT", ["RemoveFromVersionId"] = token, ["MoveToVersionId"] = current });
        await SendAsync("UpdateSecretVersionStage", new() { ["VersionStage"] = "AWSPENDING", ["MoveToVersionId"] = token });
    }

    public Task PutAsync(string versionId, string text, string stage) => SendAsync(
        "PutSecretValue", new() { ["ClientRequestToken"] = versionId, ["SecretString"] = text, ["VersionStages"] = new JsonArray(stage) });

    public async Task<string> TextAsync(string versionId) =>
        (await SendAsync("GetSecretValue", new() { ["VersionId"] = versionId }))["SecretString"]!.GetValue<string>();

    public async Task<JsonNode> CurrentAsync() => JsonNode.Parse(await TextAsync(await CurrentVersionAsync()))!;

    public async Task<string> CurrentVersionAsync() => (await FindAsync("AWSCURRENT"))!;

    public void Dispose() => Aws.Dispose();

    private async Task<string?> FindAsync(string stage) =>
        (await SendAsync("DescribeSecret", []))["VersionIdsToStages"]!.AsObject().SingleOrDefault(version => version.Value!.AsArray().Any(one => one!.ToString() == stage)).Key;

    private Task<JsonNode> SendAsync(string operation, JsonObject request)
    {
        request["SecretId"] = Arn;
        return Aws.SendAsync("secretsmanager", operation, request.ToJsonString());
    }
}
