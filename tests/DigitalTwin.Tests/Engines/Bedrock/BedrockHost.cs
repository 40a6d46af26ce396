using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DigitalTwin.Tests.Engines.Bedrock;

/// <summary>The chain with bedrock.</summary>
internal sealed class BedrockHost : ModelHost<BedrockServer>
{
    public const string ModelId = "eu.anthropic.claude-sonnet-4-20250514-v1:0";

    private BedrockHost(BedrockServer server, (string Name, string? Value)[] settings)
        : base(server, [("Twin:Engines:Bedrock:ModelId", ModelId), ("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", server.Endpoint), .. settings])
    {
    }

    public override string Engine => EngineSettings.BedrockEngine;

    public IChatClient Bedrock => Client;

    public static async Task<BedrockHost> StartAsync(params (string Name, string? Value)[] settings) =>
        new(await BedrockServer.StartAsync(), settings);

    public override int RequestCount => Server.Requests.Count;

    public override ScriptedReply NextIsGated() => Server.Next(BedrockReply.Gated().Role());

    public override ScriptedReply NextHangs() => Server.Next(BedrockReply.Hang());

    public override void NextStatus(int status) => Server.Next(BedrockReply.Status(status));

    public async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        var (text, failure) = await EngineChain.Read(Ask(cancellationToken));
        return failure is null ? text : throw failure;
    }

    /// <summary>Lets each wait for a retry pass as soon as it has begun; the waits for the network itself are left alone.</summary>
    public async Task<string> AnswerAfterRetriesAsync(CancellationToken cancellationToken)
    {
        var answer = AnswerAsync(cancellationToken);
        while (!answer.IsCompleted)
        {
            var armed = Timers.ArmedAsync();
            if (await Task.WhenAny(armed, answer) == armed && await armed is var wait && wait < TimeSpan.FromSeconds(5))
            {
                Clock.Advance(wait);
            }
        }

        return await answer;
    }

    protected override void Register(IHostApplicationBuilder builder)
    {
        builder.AddAws();
        builder.Services.AddSingleton<AWSCredentials>(new FailingCredentials());
    }
}

/// <summary>Marked keys, until they are said to be missing.</summary>
internal sealed class FailingCredentials : AWSCredentials
{
    public bool Fail { get; set; }

    public override ImmutableCredentials GetCredentials() =>
        Fail ? throw new AmazonClientException("secret-key-marker") : new ImmutableCredentials("AKIDMARKER", "secret-key-marker", "session-token-marker");
}
