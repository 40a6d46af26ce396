using DigitalTwin.Aws;
using DigitalTwin.Engines.Bedrock;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

public static class EnginesFeature
{
    /// <summary>Registers the engines, each under its name, and their chain as <see cref="IChatClient"/>. Bad settings stop the start.</summary>
    public static void AddEngines(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = services.AddLiveSettings(() => EngineSettings.From(configuration));
        services.AddMetrics();
        services.AddSingleton<EngineMetrics>();
        services.AddKeyedSingleton<IChatClient, ExtractiveChatClient>(EngineSettings.ExtractiveEngine);
        services.AddKeyedSingleton<IChatClient, BedrockChatClient>(EngineSettings.BedrockEngine);
        services.AddKeyedSingleton<IChatClient, OpenAiChatClient>(EngineSettings.OpenAIEngine);
        services.AddSingleton<IChatClient>(provider => new FailoverChatClient(
            settings.Chain.Select(name => new ChatEngine(name, provider.GetRequiredKeyedService<IChatClient>(name))),
            settings,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<EngineMetrics>(),
            provider.GetRequiredService<ILogger<FailoverChatClient>>()));
        var usesKnowledgeBase = KnowledgeSettings.From(configuration).UsesKnowledgeBase;
        if (usesKnowledgeBase || settings.Chain.Contains(EngineSettings.BedrockEngine))
        {
            _ = AwsSettings.Used(configuration);
        }

        if (usesKnowledgeBase)
        {
            _ = AwsSettings.From(configuration).Region
                ?? throw new BadSettingsException("Twin:Aws:Region (or AWS_REGION) is missing; the knowledge base of Twin:Knowledge:KnowledgeBaseId is asked there.");
            services.AddSingleton<IPassageRetriever, KnowledgeBaseRetriever>();
        }
    }
}
