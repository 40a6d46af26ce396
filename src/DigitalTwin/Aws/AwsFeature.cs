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
        // Who sets anything of it means it; variables of the environment may be there for others.
        var isMeant = builder.Configuration.GetSection("Twin:Aws").GetChildren().Any(setting => !string.IsNullOrWhiteSpace(setting.Value));
        var settings = isMeant ? AwsSettings.Used(builder.Configuration) : AwsSettings.From(builder.Configuration);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<AWSCredentials>(_ => new ChainCredentials());
        builder.Services.AddSingleton<AwsClient>();
        builder.Services.AddSingleton<SecretsManager>();
        builder.Services.AddSingleton<Sqs>();
        builder.Services.AddSingleton<BedrockRuntime>();
        builder.Services.AddSingleton<BedrockAgentRuntime>();
        if (builder.Configuration["Twin:Jobs:QueueUrl"] is { Length: > 0 } queue)
        {
            settings.Check();
            var url = Uri.TryCreate(queue, UriKind.Absolute, out var parsed) ? parsed : throw new BadSettingsException("Twin:Jobs:QueueUrl is not the address of a queue.");
            builder.Services.AddSingleton<IJobBell>(provider => ActivatorUtilities.CreateInstance<QueueBell>(provider, url));
        }

        if (settings.NamesSecrets)
        {
            AddSecrets(builder, settings);
        }
    }

    private static void AddSecrets(IHostApplicationBuilder builder, AwsSettings settings)
    {
        var secrets = new SecretSettings(settings, builder.Configuration);
        using (var credentials = new ChainCredentials())
        using (var client = new AwsClient(settings, credentials, TimeProvider.System))
        {
            secrets.ReadAsync(new SecretsManager(client), CancellationToken.None).GetAwaiter().GetResult();
        }

        builder.Configuration.Add(secrets);
        builder.Services.AddSingleton(provider => new SecretRefresh(
            secrets,
            provider.GetRequiredService<SecretsManager>(),
            provider.GetServices<ILiveSettings>(),
            settings,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SecretRefresh>>()));
    }
}
