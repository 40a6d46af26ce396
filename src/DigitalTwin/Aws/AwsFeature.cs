using Amazon.Runtime;
using DigitalTwin.Jobs;

namespace DigitalTwin.Aws;

public static class AwsFeature
{
    /// <summary>
    /// Registers the calls to AWS and reads the settings that are kept in Secrets Manager, so it comes before whatever reads settings.
    /// Nothing is called, and no credential looked for, unless a setting asks for it. Bad settings stop the start.
    /// </summary>
    public static void AddAws(this IHostApplicationBuilder builder)
    {
        var settings = builder.Services.AddSettings(AwsSettings.From(builder.Configuration));
        builder.Services.AddSingleton<AWSCredentials>(_ => new ChainCredentials());
        builder.Services.AddSingleton<AwsClient>();
        builder.Services.AddSingleton<SecretsManager>();
        builder.Services.AddSingleton<Sqs>();
        builder.Services.AddSingleton<BedrockRuntime>();
        builder.Services.AddSingleton<BedrockAgentRuntime>();
        if (builder.Configuration["Twin:Jobs:QueueUrl"] is { Length: > 0 } queue)
        {
            var url = Uri.TryCreate(queue, UriKind.Absolute, out var parsed) ? parsed : throw new BadSettingsException("Twin:Jobs:QueueUrl is not the address of a queue.");
            builder.Services.AddSingleton<IJobBell>(provider => ActivatorUtilities.CreateInstance<QueueBell>(provider, url));
        }

        if (settings.AppSecretId is not null || settings.LlmApiKeySecretId is not null)
        {
            using var credentials = new ChainCredentials();
            using var client = new AwsClient(settings, credentials, TimeProvider.System);
            builder.Configuration.AddSecretsAsync(settings, new SecretsManager(client)).GetAwaiter().GetResult();
        }
    }
}
