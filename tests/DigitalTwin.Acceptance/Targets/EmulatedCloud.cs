using System.Text.Json.Nodes;
using DigitalTwin.Tests.Aws;
using DigitalTwin.Tests.Testing;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>What the twin finds on AWS: table and bucket, made by its own set-up command, a secret with its keys, and a model.</summary>
internal sealed class EmulatedCloud(string ownerKey) : IAsyncDisposable
{
    private const string Name = "acceptance";

    private readonly MotoServer moto = new();
    private BedrockServer? model;

    /// <summary>Null when the emulator is here.</summary>
    public static string? WhatIsMissing { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "moto_server")))
            ? null
            : "moto_server is not installed (pip install 'moto[server]'): the twin on AWS is not tried.";

    /// <summary>The settings of a twin that runs on it.</summary>
    public async Task<(string Setting, string Value)[]> StartAsync(string folder)
    {
        await moto.InitializeAsync();
        model = await BedrockServer.StartAsync();
        model.Otherwise = BedrockScript.ByQuestion;
        using var aws = new EmulatedAws(moto);
        var keys = new JsonObject { ["Twin:Owner:Key"] = ownerKey, ["Twin:Signing:Key"] = TestCookie.SigningKey };
        await aws.CreateSecretAsync(Name, keys.ToJsonString());
        (string, string)[] settings =
        [
            ("Twin:Storage:Provider", "Aws"), ("Twin:Storage:TableName", Name), ("Twin:Storage:BucketName", Name),
            ("Twin:Aws:AppSecretId", Name), ("Twin:Engines:Bedrock:ModelId", "eu.amazon.nova-lite-v1:0"),
            ("AWS_ENDPOINT_URL", moto.Gate.Address), ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", model.Endpoint),
            ("AWS_REGION", AwsGate.Region), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        var (code, _, errors) = await TwinCommand.RunAsync(folder, ["setup-storage"], settings);
        return code == 0 ? settings : throw new InvalidOperationException("setup-storage failed:\n" + errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (model is not null)
        {
            await model.DisposeAsync();
        }

        await moto.DisposeAsync();
    }
}
