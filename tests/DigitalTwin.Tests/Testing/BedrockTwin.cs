using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>A twin whose first engine is Bedrock, as <see cref="BedrockServer"/> plays it.</summary>
internal sealed class BedrockTwin : IAsyncDisposable
{
    public const string SecretKey = "aws-secret-key-marker";
    public const string SessionToken = "aws-session-token-marker";

    private BedrockTwin(BedrockServer model, Action<IServiceCollection>? services, (string Setting, string Value)[] settings)
    {
        Model = model;
        Twin = TwinFixture.Start(
            services: all =>
            {
                all.AddSingleton<AWSCredentials>(new SessionAWSCredentials("AKIDMARKER", SecretKey, SessionToken));
                services?.Invoke(all);
            },
            settings:
            [
                ("AWS_ENDPOINT_URL", model.Endpoint), ("AWS_REGION", "eu-central-1"), ("Twin:Engines:Bedrock:ModelId", "eu.amazon.nova-lite-v1:0"),
                ("Twin:Engines:MaxRetries", "0"), .. settings,
            ]);
    }

    public BedrockServer Model { get; }

    public TwinFixture Twin { get; }

    public static async Task<BedrockTwin> StartAsync(Action<IServiceCollection>? services = null, params (string Setting, string Value)[] settings) =>
        new(await BedrockServer.StartAsync(), services, settings);

    public HttpClient NewVisitor() => Twin.NewVisitor();

    /// <summary>The model goes first, which ends the turns that a failed test left gated; the twin would wait for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        await Twin.DisposeAsync();
    }
}
